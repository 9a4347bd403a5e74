"""Documents in which nothing fails. Every expectation is written here by hand."""

from __future__ import annotations

import json
from typing import Any

from material import (
    ALICE,
    DIGEST,
    EMPTY,
    FIRST,
    NUMBER,
    PITH_KEY,
    RECORD,
    SIGNED,
    Case,
    aliases,
    body,
    bundle,
    changed,
    created,
    envelope,
    fingerprint,
    foreign,
    graph,
    number_of,
    real_receipt,
    receipt,
    row,
    sealed,
    sha256,
    signature,
    snapshot,
)


def case(name: str, rule: str, about: str, verdict: str, **more: Any) -> Case:
    """A document and its verdict; `checks` are outcomes by check."""
    checks = more.pop("checks", {})
    keys = more.pop("keys", [ALICE, PITH_KEY])
    expect = {"verdict": verdict, **({"checks": checks} if checks else {})}
    return {"name": name, "rule": rule, "about": about, "keys": keys, **more, "expect": expect}


STATE = {
    "state_type": "pith_open_graph_state",
    "state_version": "1.0",
    "pith_number": NUMBER,
    "merge_version": "pith-open-graph-merge-v1",
    "event_count": 2,
    "valid_event_count": 2,
    "invalid_event_count": 0,
    "equivocation_count": 0,
    "current": {
        "canonical_record": RECORD,
        "source_aliases": aliases(),
        "graph_snapshots": [],
    },
}
KEYS_BEYOND_UTF16 = changed(RECORD, "metadata", "\ufb33", to=1)
KEYS_BEYOND_UTF16["metadata"]["\U0001f600"] = 2
PYTHON_NUMBERS = changed(
    RECORD, "metadata", "numbers", to=[1.0, 1, 1e16, 1e22, 1e-7, -0.0, 0.1, 2**63 - 1, -(2**63)]
)
ESCAPES = changed(RECORD, "metadata", "text", to='é"\\/\x07\n\u2028😀')
SCHEMA_2 = changed(RECORD, "schema_version", to="2.0")
DETECTED = {"detectors": ["d"], "findings": [{"f": 1}]}

CASES = [
    case(
        "bare-record",
        "protocol 1.3",
        "A bare canonical record has the number that was asked for.",
        "intact",
        number=NUMBER,
        input=RECORD,
        checks={"identity.requested": "passed", "form.record": "passed"},
    ),
    case(
        "nothing-stated",
        "protocol 1.2",
        "A bare record that nobody asked for by number has nothing to be held to.",
        "unchecked",
        input=RECORD,
        checks={"identity.digest": "not_applicable", "identity.requested": "not_applicable"},
    ),
    case(
        "worked-example",
        "protocol 1.4",
        "Digest and number of the protocol's worked example.",
        "intact",
        input={"canonical_record": RECORD, "canonical_sha256": DIGEST, "pith_number": NUMBER},
        checks={
            "identity.digest": "passed",
            "identity.number": "passed",
            "identity.year": "passed",
        },
    ),
    case(
        "real-receipt",
        "protocol 4.1",
        "A real record with the registry's own signature over its 32 raw digest bytes.",
        "verified",
        input=envelope(SIGNED["canonical_record"], receipt=real_receipt()),
        checks={"receipt.key": "passed", "receipt.signature": "passed"},
    ),
    case(
        "real-second-version",
        "protocol 1.4",
        "Version 2 of a paper keeps the year of version 1; its signature is real.",
        "verified",
        input=envelope(
            row("1711.05326")["canonical_record"],
            key_id="pith-v1-2026-05",
            signature_b64=row("1711.05326")["signature_b64"],
        ),
        checks={"identity.year": "passed", "receipt.signature": "passed"},
    ),
    case(
        "year-of-submission",
        "protocol 1.4",
        "An id of 2018 and a number of 2017: the year is that of submitted_at.",
        "intact",
        number="pith:2017:2OBWIT7ORP3TPNCDEPCQW6ZMLI",
        input=envelope(row("1801.00004")["canonical_record"]),
        checks={"identity.year": "passed", "identity.requested": "passed"},
    ),
    case(
        "old-identifier",
        "protocol 2.1",
        "A paper of 1997 with an id of the old form.",
        "intact",
        number="pith:1997:PD2L4355IMYCXWPBGQV4B5GRUR",
        input=envelope(row("math/9707204")["canonical_record"]),
        checks={"form.record": "passed"},
    ),
    case(
        "keys-in-any-order",
        "protocol 1.1",
        "The order of keys and white space do not reach the hash.",
        "intact",
        input_text=json.dumps(
            {name: envelope()[name] for name in reversed(envelope())}, indent=3
        ).replace('"kind": "arxiv",\n         "version": 1', '"version": 1,\n"kind": "arxiv"'),
        checks={"identity.digest": "passed"},
    ),
    case(
        "escapes-are-spelling",
        "protocol 1.1",
        "Escaped and raw characters are one text; only what JSON requires is escaped in the hash.",
        "intact",
        input_text=json.dumps(envelope(ESCAPES), ensure_ascii=True),
        checks={"identity.digest": "passed"},
    ),
    case(
        "keys-by-code-point",
        "protocol 1.1",
        "Keys are sorted by code point; by UTF-16 unit the two would change places.",
        "intact",
        input=envelope(KEYS_BEYOND_UTF16),
        checks={"identity.digest": "passed", "form.record": "unchecked"},
    ),
    case(
        "python-numbers",
        "protocol 1.1",
        "Numbers are written as Python writes them: 1.0, 1e+16, 1e-07, -0.0.",
        "intact",
        input_text=json.dumps(envelope(PYTHON_NUMBERS)),
        checks={"identity.digest": "passed"},
    ),
    case(
        "number-in-lower-case",
        "protocol 1.3",
        "A reader may type the number in lower case.",
        "intact",
        number=NUMBER.lower(),
        input=envelope(),
        checks={"identity.requested": "passed"},
    ),
    case(
        "short-form-asked-for",
        "protocol 1.3",
        "A reader may ask by the first 8 characters.",
        "intact",
        number="pith:DBZZ4GA3",
        input=envelope(short_pith_number="pith:DBZZ4GA3"),
        checks={"identity.requested": "passed", "identity.short": "passed"},
    ),
    case(
        "bare-suffix-asked-for",
        "protocol 1.3",
        "The 26 characters alone name the record.",
        "intact",
        number="DBZZ4GA3QYTEJZ5TKUNHWEKF3I",
        input=envelope(),
        checks={"identity.requested": "passed"},
    ),
    case(
        "lab-receipt",
        "protocol 4.1",
        "A receipt under a key that the reader added.",
        "verified",
        input=envelope(receipt=receipt()),
        checks={"receipt.signature": "passed", "receipt.signed_at": "unchecked"},
    ),
    case(
        "lab-receipt-describes-its-key",
        "protocol 4.2",
        "A receipt may repeat the fingerprint of its key.",
        "verified",
        input=envelope(receipt=receipt(public_key_fingerprint=fingerprint("alice"))),
        checks={"receipt.key": "passed"},
    ),
    case(
        "unknown-signer",
        "protocol 4.1",
        "A receipt by a key that is not in the keyring is neither good nor bad.",
        "intact",
        input=envelope(receipt=receipt("nobody")),
        checks={"receipt.key": "unchecked", "receipt.signature": "unchecked"},
    ),
    case(
        "receipt-without-signature",
        "protocol 4.3",
        "A receipt that carries no signature is not a signed one.",
        "intact",
        input=envelope(receipt={n: v for n, v in receipt().items() if n != "signature_b64"}),
        checks={"receipt.form": "unchecked"},
    ),
    case(
        "receipt-of-another-algorithm",
        "protocol 4.3",
        "What this protocol does not know is not checked, and not refused.",
        "intact",
        input=envelope(receipt=receipt(algorithm="ml-dsa-65")),
        checks={"receipt.form": "unchecked", "receipt.signature": "unchecked"},
    ),
    case(
        "record-of-a-later-schema",
        "protocol 2.1",
        "A signature over a record of an unknown schema shows no record of this one.",
        "intact",
        input=envelope(SCHEMA_2, receipt=receipt(digest=sha256(SCHEMA_2))),
        checks={"form.record": "unchecked", "receipt.signature": "passed"},
    ),
    case(
        "digest-without-record",
        "protocol 1.2",
        "A signed digest with no record beside it says nothing of any paper.",
        "unchecked",
        input={"canonical_sha256": DIGEST, "pith_number": NUMBER, "receipt": receipt()},
        checks={"identity.digest": "unchecked", "receipt.signature": "passed"},
    ),
    case(
        "state-alone",
        "protocol 6.1",
        "A served state without its events is the server's word.",
        "intact",
        input=STATE,
        checks={"state.merge": "unchecked", "identity.aliases": "passed"},
    ),
    case(
        "registry-bundle",
        "protocol 5.1",
        "A bundle of the registry: its event ids follow a rule that is not published.",
        "intact",
        input=bundle(
            foreign(
                body(
                    "record_created",
                    {"canonical_record": RECORD, "canonical_sha256": DIGEST},
                ),
                "aa" * 32,
            ),
            foreign(body("graph_snapshot", graph(2), target="graph"), "bb" * 32),
        ),
        checks={
            "events.ids": "unchecked",
            "events.signatures": "passed",
            "events.content": "passed",
            "form.agreement": "passed",
        },
    ),
    case(
        "own-bundle",
        "protocol 9.1",
        "A bundle with events whose ids are their hashes.",
        "intact",
        input=bundle(created(), snapshot(2)),
        checks={
            "events.ids": "passed",
            "events.subjects": "passed",
            "events.signatures": "passed",
            "events.content": "passed",
            "events.snapshots": "passed",
            "events.equivocations": "passed",
        },
    ),
    case(
        "bundle-with-receipt-in-its-event",
        "protocol 5.1",
        "The receipt stands in the payload of record_created.",
        "verified",
        input=bundle(
            sealed(
                body(
                    "record_created",
                    {
                        "canonical_record": RECORD,
                        "canonical_sha256": DIGEST,
                        "receipt": receipt(),
                    },
                )
            )
        ),
        checks={"receipt.signature": "passed", "events.ids": "passed"},
    ),
    case(
        "sections-hash",
        "protocol 7.2",
        "Items, detectors with findings, and counts of 0: each section hashes.",
        "intact",
        input=bundle(
            sealed(
                body(
                    "graph_snapshot",
                    {
                        "graph_snapshot": {
                            "claims": {"items": [1], "snapshot_sha256": sha256({"payload": [1]})},
                            "references": {"count": 0, "snapshot_sha256": EMPTY},
                            "integrity": {
                                "detectors_run": ["d"],
                                "findings": [{"f": 1}],
                                "snapshot_sha256": sha256({"payload": DETECTED}),
                            },
                        }
                    },
                )
            )
        ),
        checks={"events.snapshots": "passed", "events.content": "passed"},
    ),
    case(
        "sections-withheld",
        "merge 2.2",
        "A section that does not carry what was hashed is its signer's word.",
        "intact",
        input=bundle(
            sealed(
                body(
                    "graph_snapshot",
                    {"graph_snapshot": {"claims": {"count": 3, "snapshot_sha256": "ab" * 32}}},
                )
            )
        ),
        checks={"events.snapshots": "unchecked", "events.content": "passed"},
    ),
    case(
        "unknown-event-type",
        "merge 2.4",
        "An event of a type nobody knows is not checked, and fails nothing.",
        "intact",
        input=bundle(sealed(body("citation", {"cites": "pith:2020"}))),
        checks={"events.content": "unchecked", "events.signatures": "passed"},
    ),
    case(
        "event-by-a-stranger",
        "merge 1.4",
        "An event by an unknown key is not checked, whatever its signature.",
        "intact",
        input=bundle({**snapshot(1, "nobody"), "signature_b64": "junk"}),
        checks={"events.signatures": "unchecked"},
    ),
    case(
        "integrity-document",
        "protocol 7.3",
        "integrity.json: the signature is over payload_sha256, and there is no record.",
        "unchecked",
        input={
            "pith_number": "2604.20237",
            "integrity": {
                "detectors_run": ["d"],
                "findings": [{"f": 1}],
                "snapshot_sha256": sha256({"payload": DETECTED}),
            },
            "events": [
                {
                    "event_id": 4273,
                    "event_type": "pith.integrity.v1",
                    "payload_sha256": "cd" * 32,
                    "signature_b64": signature("alice", "cd" * 32),
                    "signing_key_id": "alice",
                    "created_at": "2026-05-19T10:00:00.123456Z",
                    "payload": {},
                }
            ],
        },
        checks={
            "events.ids": "unchecked",
            "events.subjects": "unchecked",
            "events.signatures": "passed",
            "events.content": "unchecked",
            "events.snapshots": "passed",
        },
    ),
    case(
        "title-in-another-spelling",
        "protocol 3.1",
        "White space and case do not count in a title; every other character does.",
        "intact",
        input={
            "record_type": "pith_number_record",
            "schema_version": "1.0",
            **envelope(),
            "paper": {"title": f"\n {FIRST['title'].upper().replace(' ', '  ')}\t"},
        },
        checks={"paper.title": "passed"},
    ),
    case(
        "alias-of-an-unknown-kind",
        "protocol 5.2",
        "An alias whose rule is not known fails nothing; the others are checked.",
        "intact",
        input=envelope(source_aliases=[*aliases(), {"alias_kind": "isbn", "alias_value": "0"}]),
        checks={"identity.aliases": "unchecked"},
    ),
]

assert number_of(RECORD) == NUMBER
assert sha256(RECORD) == DIGEST
