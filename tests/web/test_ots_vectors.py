"""Every shared OpenTimestamps vector, evaluated by the page's own Python in Chromium."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from verifier import Verifier

PROGRAM = '''
import base64, hashlib, json
from pithcore.errors import TimestampError
from pithcore.timestamp import Checkpoint, Checkpoints, assess, evaluate, parse
from pithcore.timestamp import parse_response, serialize, split_headers


def outcome(name, data, headers, hash_name, digest):
    """All that is said of one proof."""
    assessed = assess(data, digest, hash_name=hash_name, headers=headers)
    found = {"level": assessed.level, "sentence": assessed.sentence}
    try:
        proof = parse(data)
    except TimestampError as error:
        return {**found, "refused": str(error), "unsupported": error.unsupported}
    attested = [
        {
            "kind": one.attestation.kind,
            "height": one.attestation.height,
            "uri": one.attestation.uri,
            "tag": one.attestation.tag.hex(),
            "message": None if one.message is None else one.message.hex(),
            "merkle_root": one.merkle_root,
        }
        for one in evaluate(proof)
    ]
    same = serialize(proof) == data
    head = {"hash": proof.hash_name, "digest": proof.digest.hex()}
    return {**found, **head, "same": same, "attestations": attested}


def synthetic(files):
    """The chain of regtest difficulty in its variants, and bare responses of calendars."""
    facts = json.loads(files["synthetic/chain.json"])
    known = bytes.fromhex(facts["checkpoint_hash"])[::-1]
    line = Checkpoint(facts["checkpoint_height"], known, int(facts["bits"], 16))
    digest = hashlib.sha256(files["synthetic/chain.txt"]).digest()
    found = {}
    for name in sorted(files):
        if name.endswith(".headers"):
            try:
                headers = split_headers(files[name], facts["first_height"])
            except TimestampError as error:
                found[name] = str(error)
                continue
            proof = files["synthetic/chain.txt.ots"]
            table = Checkpoints.of([line])
            found[name] = assess(proof, digest, headers=headers, checkpoints=table).sentence
        if name.endswith(".bin"):
            whole = parse(files["synthetic/three-calendars.json.ots"])
            nonce = hashlib.sha256(whole.digest + whole.steps[0][1]).digest()
            response = parse_response(files[name], nonce)
            found[name] = [str(one.attestation.uri) for one in evaluate(response)]
    return found


def forged(files):
    """Headers that carry a proof's root and are not the chain's."""
    data = files["valid/bad-stamp.txt.ots"]
    digest = hashlib.sha256(files["valid/bad-stamp.txt"]).digest()
    rows = json.loads(files["headers/forged_headers.json"])
    return {
        name: assess(data, digest, headers={358391: bytes.fromhex(row["header"])}).level
        for name, row in rows.items()
    }


files = {name: base64.b64decode(text) for name, text in json.loads(given).items()}
rows = json.loads(files["expected.json"])
known = json.loads(files["headers/mainnet_headers.json"])
headers = {int(height): bytes.fromhex(row["header"]) for height, row in known.items()}
result = json.dumps(
    {
        "proofs": {
            name: outcome(
                name,
                files[name],
                headers,
                row.get("hash", "sha256"),
                bytes.fromhex(row.get("digest", "00" * 32)),
            )
            for name, row in rows.items()
        },
        "synthetic": synthetic(files),
        "forged": forged(files),
    }
)
'''

RUN = """async ([boot, program, given]) => {
  const { verify, toPy } = await (await import(boot)).boot(() => {});
  const space = toPy({ given });
  verify.__builtins__.get("exec")(program, space);
  return space.get("result");
}"""


@pytest.fixture
def given(vectors: Path) -> str:
    """Every file of the folder, in base64 by its name."""
    folder = vectors / "ots"
    files = {
        file.relative_to(folder).as_posix(): base64.b64encode(file.read_bytes()).decode()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    return json.dumps(files)


def test_the_browser_says_what_cpython_says(verifier: Verifier, given: str) -> None:
    """Digest, messages, roots, levels and sentences of all proofs; chains, responses, forgeries."""
    space: dict[str, Any] = {"given": given}
    exec(PROGRAM, space)
    verifier.open()
    boot = f"{verifier.url}b/{verifier.page.locator('body').get_attribute('data-build')}/boot.js"
    in_browser = json.loads(verifier.page.evaluate(RUN, [boot, PROGRAM, given]))
    assert in_browser == json.loads(space["result"])
    rows = json.loads(base64.b64decode(json.loads(given)["expected.json"]))
    proofs = in_browser["proofs"]
    assert proofs.keys() == rows.keys()
    assert len(proofs) > 40
    for name, row in rows.items():
        found = proofs[name]
        if row["expect"] == "malformed":
            assert "refused" in found or "legal for the reference" in row["note"], name
            continue
        assert (found["hash"], found["digest"]) == (row["hash"], row["digest"]), name
        assert len(found["attestations"]) == len(row["attestations"]), name
        for one, wanted in zip(found["attestations"], row["attestations"], strict=True):
            for member in ("kind", "height", "uri", "merkle_root"):
                if member in wanted or member != "merkle_root":
                    assert one[member] == wanted.get(member), name
            if one["message"] is not None:
                assert one["message"] == wanted["message"], name
    assert set(in_browser["forged"].values()) == {"header_refused"}
    chains = {Path(name).name: said for name, said in in_browser["synthetic"].items()}
    assert "linked by" in chains["chain.headers"]
    assert "block 2022 does not name the block before it" in chains["chain.broken-link.headers"]
    assert "block 2023 was not mined" in chains["chain.no-work.headers"]
    assert "multiple of 80 bytes, not 959" in chains["chain.short.headers"]
    responses = [chains[f"three-calendars.response{at}.bin"] for at in (1, 2, 3)]
    assert all(len(response) == 1 for response in responses)
