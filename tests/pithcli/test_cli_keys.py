"""Keys of one's own: `pith keygen`, `sign`, `event` and `bundle`, and OpenSSL on the other side."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import KEY_ID, Files, Pith, Row, document_of
from inprocess import in_process

from pithcli import pem
from pithcli.__main__ import main
from pithcli.signing import Signer
from pithcore import Key, KeyringError, canonical_bytes, ed25519, event_id_of, parse_public_key

SEED = bytes(range(32))
AT = "2026-05-18T12:00:00Z"
EMPTY = "258153158e38e3291e3d48162225fcdb2d5a3ed65a07baac614ab91432fd4f57"
SNAPSHOT = {"graph_snapshot": {"claims": {"count": 0, "items": [], "snapshot_sha256": EMPTY}}}

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


def openssl(*arguments: object, stdin: bytes = b"") -> bytes:
    """What the real OpenSSL prints."""
    done = subprocess.run(
        ["openssl", *map(str, arguments)], input=stdin, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


@pytest.fixture
def lab(tmp_path: Path) -> str:
    """`ID=FILE` of a private key whose seed is `SEED`."""
    path = tmp_path / "lab.pem"
    path.write_text(pem.private_pem(SEED), encoding="ascii")
    path.chmod(0o600)
    return f"lab={path}"


@pytest.fixture
def public() -> str:
    """`ID=KEY` of its public half."""
    return f"lab={ed25519.public_key(SEED).hex()}"


@pytest.fixture
def record(tmp_path: Path, signed_row: Row) -> Path:
    """A real record alone in a file."""
    path = tmp_path / "record.json"
    path.write_bytes(canonical_bytes(signed_row["canonical_record"]))
    return path


def written(path: Path, value: Any) -> Path:
    """A file with this value as JSON."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def forged(document: dict[str, Any], place: str) -> dict[str, Any]:
    """The document with one character changed in the text at this place."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    holder: Any = changed
    *steps, last = (int(step) if step.isdigit() else step for step in place.split())
    for step in steps:
        holder = holder[step]
    holder[last] = ("A" if holder[last][0] != "A" else "B") + holder[last][1:]
    return changed


# From nothing to a verdict


def test_a_lab_issues_a_record_of_its_own(pith: Pith, tmp_path: Path) -> None:
    """keygen, mint, sign, event, bundle: what comes out is verified, and forged it fails."""
    paper = {
        "id": "2605.00001",
        "version": 1,
        "title": "A title",
        "abstract": "An abstract.",
        "submitted_at": "2026-05-01T08:00:00Z",
        "categories": ["cs.DL", "math.HO"],
        "license": "http://creativecommons.org/licenses/by/4.0/",
    }
    made = pith("keygen", "lab-2026=lab.pem", "--public", "lab.pub.pem")
    assert made.code == 0
    minted = pith("mint", "--record", written(tmp_path / "paper.json", paper))
    (tmp_path / "record.json").write_text(minted.out)
    key = ("--key", "lab-2026=lab.pem")
    signed = pith("sign", *key, "record.json")
    created = pith("event", "record.json", "--type", "record_created", *key, "--out", "1.json")
    written(tmp_path / "payload.json", SNAPSHOT)
    graph = ("--type", "graph_snapshot", "--target", "graph", "--payload", "payload.json")
    number = json.loads(signed.out)["pith_number"]
    shown = pith("event", number, *graph, *key, "--out", "2.json")
    assert (created.out, shown.out, created.err, shown.err) == ("", "", "", "")
    trusted = ("--key", "lab-2026=lab.pub.pem")
    bundled = pith("bundle", *trusted, "record.json", "1.json", "2.json", "--out", "bundle.json")
    assert (bundled.code, bundled.out, bundled.err) == (0, "", "")

    for name in ("bundle.json", written(tmp_path / "signed.json", json.loads(signed.out))):
        run = pith("verify", "--json", *trusted, "--expect", number, name)
        report = json.loads(run.out)
        assert (run.code, report["verdict"], report["key"]["key_id"]) == (0, "verified", "lab-2026")
        assert not [c["id"] for c in report["checks"] if c["outcome"] == "failed"]
        assert pith("verify", name).code == 3  # without the key: intact, by nobody known
    public_key = re.search(r"Public key:  ([0-9a-f]{64})\n", made.out)
    assert public_key is not None
    assert pith("verify", "--key", f"lab-2026={public_key[1]}", "bundle.json").code == 0

    bundle = json.loads((tmp_path / "bundle.json").read_text())
    assert len(bundle["events"]) == 2
    for place, failing in (
        ("canonical_record metadata license", "identity.digest"),
        ("canonical_sha256", "identity.digest"),
        ("pith_number", "identity.number"),
        *((f"events {at} signature_b64", "events.signatures") for at in (0, 1)),
        *((f"events {at} created_at", "events.signatures") for at in (0, 1)),
    ):
        run = pith(
            "verify", "--json", *trusted, written(tmp_path / "f.json", forged(bundle, place))
        )
        failed = [c["id"] for c in json.loads(run.out)["checks"] if c["outcome"] == "failed"]
        assert run.code == 1, place
        assert failing in failed, place
    stranger = pith("verify", "--key", f"lab-2026={'11' * 32}", "bundle.json")
    assert stranger.code == 1


def test_the_whole_way_is_one_pipe(pith: Pith, record: Path, lab: str, public: str) -> None:
    """Record, signature and verdict pass from one command to the next through pipes."""
    signed = pith("sign", "--key", lab, "-", stdin=record.read_bytes())
    run = pith("verify", "--key", public, "-", stdin=signed.out.encode())
    assert (run.code, run.out.splitlines()[0]) == (0, "Verified")


# Keys


def test_a_private_key_is_its_owner_s_alone(pith: Pith, tmp_path: Path) -> None:
    """The file has mode 0600 whatever the umask, and its parent gets nothing else."""
    before = os.umask(0)
    try:
        assert pith("keygen", "lab=lab.pem").code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "lab.pem").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["lab.pem"]


def test_a_private_key_is_never_overwritten(quick: Pith, tmp_path: Path) -> None:
    """An existing file, and a link to one, stays as it is; `--force` replaces it, mode and all."""
    path = tmp_path / "lab.pem"
    path.write_text("precious")
    path.chmod(0o644)
    (tmp_path / "link.pem").symlink_to(path)
    for name in ("lab.pem", "link.pem"):
        run = quick("keygen", f"lab={name}")
        assert (run.code, run.out) == (2, "")
        assert "exists already" in run.err
    assert path.read_text() == "precious"
    assert quick("keygen", "--force", "lab=link.pem").code == 0
    assert path.read_text() == "precious"
    assert quick("keygen", "--force", "lab=lab.pem").code == 0
    assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_differ_and_are_described(quick: Pith, tmp_path: Path) -> None:
    """Two keys are two; the description has the registry's names and is that of the public half."""
    described = json.loads(quick("keygen", "--json", "a=a.pem", "--public", "a.pub").out)
    other = json.loads(quick("keygen", "--json", "b=b.pem").out)
    assert described["public_key_hex"] != other["public_key_hex"]
    raw = bytes.fromhex(described["public_key_hex"])
    assert described["key_id"] == "a"
    assert described["fingerprint_sha256_hex"] == hashlib.sha256(raw).hexdigest()[:32]
    assert parse_public_key((tmp_path / "a.pub").read_text()) == raw
    seed = pem.read_private_pem((tmp_path / "a.pem").read_text())
    assert ed25519.public_key(seed) == raw


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["lab.pem"], 2, "lab.pem is not an id and a file"),
        (["lab="], 2, "is not an id and a file"),
        (["=lab.pem"], 2, "“” is no id for a key"),
        (["a b=lab.pem"], 2, "“a b” is no id for a key"),
        ([f"{KEY_ID}=lab.pem"], 2, "is pinned to the key of pith.science"),
        (["lab=nowhere/lab.pem"], 4, "could not be written: No such file or directory"),
        (["lab=."], 2, "exists already"),
        (["--force", "lab=."], 2, "is not a regular file"),
        (["--force", "lab=/dev/null"], 2, "is not a regular file"),
        (["lab=lab.pem", "--public", "./lab.pem"], 2, "cannot hold both"),
    ],
)
def test_keygen_explains_what_it_cannot_do(
    quick: Pith, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    """Each refusal has its sentence and its code, and leaves nothing behind."""
    run = quick("keygen", *arguments)
    assert (run.code, run.out) == (code, "")
    assert words in run.err
    assert list(tmp_path.iterdir()) == []


def test_a_public_key_that_cannot_be_written_is_told(quick: Pith, tmp_path: Path) -> None:
    """The private key is there then, and the hint makes its public half."""
    run = quick("keygen", "lab=lab.pem", "--public", "nowhere/lab.pub")
    assert (run.code, run.out) == (4, "")
    assert "The private key lab.pem was made" in run.err
    assert (tmp_path / "lab.pem").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o660, 0o777])
def test_a_key_that_others_can_get_at_is_refused(
    quick: Pith, record: Path, lab: str, mode: int
) -> None:
    """As ssh does: whatever the group or others may do with it, it is not used."""
    record.with_name("lab.pem").chmod(mode)
    run = quick("sign", "--key", lab, record)
    assert (run.code, run.out) == (2, "")
    assert f"(its mode is 0{mode:o})" in run.err
    assert f"hint: chmod 600 {record.with_name('lab.pem')}\n" in run.err
    record.with_name("lab.pem").chmod(0o400)
    assert quick("sign", "--key", lab, record).code == 0


def test_a_key_may_come_through_a_pipe(
    environment: dict[str, str], record: Path, lab: str, tmp_path: Path
) -> None:
    """A password store can hand the key over without a file."""
    script = f'exec "$0" -m pithcli sign --key lab=<(cat {lab.partition("=")[2]}) {record}'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable],
        capture_output=True,
        env=environment,
        cwd=tmp_path,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["receipt"]["key_id"] == "lab"


def test_secrets_are_never_shown(quick: Pith, record: Path, tmp_path: Path) -> None:
    """No command prints the seed, in whatever form, on any stream, whatever goes wrong."""
    assert quick("keygen", "lab=key.pem").code == 0
    text = (tmp_path / "key.pem").read_text()
    seed = pem.read_private_pem(text)
    body = text.splitlines()[1]
    (tmp_path / "broken.pem").write_text(text.replace("PRIVATE", "SECRET"))
    (tmp_path / "cut.pem").write_text(text.replace(body, body[:-4]))
    (tmp_path / "bad.pem").write_text(text.replace(body, body[:-4] + "!!!!"))
    for name in ("broken.pem", "cut.pem", "bad.pem"):
        (tmp_path / name).chmod(0o600)
    runs = [
        quick(*command, PITH_DEBUG=debug)
        for debug in ("", "1")
        for name in ("key.pem", "broken.pem", "cut.pem", "bad.pem")
        for command in (
            ["sign", "--key", f"lab={name}", record],
            ["sign", "--key", f"lab={name}", name],
            ["event", record, "--type", "record_created", "--key", f"lab={name}"],
            ["event", record, "--type", "x", "--payload", name, "--key", f"lab={name}"],
            ["verify", "--key", f"lab={name}", record],
            ["bundle", name],
            ["merge", name],
            ["mint", name],
        )
    ]
    shown = "".join(run.out + run.err for run in runs)
    secrets = (body, body[:24], seed.hex(), base64.b64encode(seed).decode(), repr(seed))
    assert not any(secret in shown for secret in secrets)
    assert "seed" not in repr(Signer(Key("lab", ed25519.public_key(seed), "lab"), seed))


# PEM and OpenSSL


def test_pem_is_what_rfc_8410_shows() -> None:
    """The example keys of RFC 8410, section 10, are read and written to the letter."""
    private = (
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
        "-----END PRIVATE KEY-----\n"
    )
    public = (
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n"
    )
    seed = pem.read_private_pem(private)
    assert pem.private_pem(seed) == private
    assert pem.public_pem(ed25519.public_key(seed)) == public
    around = f"Bag Attributes\n{private.replace(chr(10), chr(13) + chr(10))}{public}"
    assert pem.read_private_pem(around) == seed


@needs_openssl
def test_openssl_reads_our_keys(pith: Pith, tmp_path: Path) -> None:
    """OpenSSL derives the public key we printed, and makes and checks the signatures we make."""
    made = json.loads(pith("keygen", "--json", "lab=lab.pem", "--public", "lab.pub.pem").out)
    private, public = tmp_path / "lab.pem", tmp_path / "lab.pub.pem"
    assert openssl("pkey", "-in", private, "-pubout") == public.read_bytes()
    raw = openssl("pkey", "-pubin", "-in", public, "-outform", "DER")[-32:]
    assert raw.hex() == made["public_key_hex"]
    record = written(tmp_path / "record.json", {"metadata": {}, "source": {}})
    paper = {"id": "2605.00001", "version": 1, "title": "T", "abstract": "A", "license": ""}
    paper |= {"submitted_at": AT, "categories": ["cs.DL"]}
    record.write_text(pith("mint", "--record", written(tmp_path / "paper.json", paper)).out)
    document = json.loads(pith("sign", "--key", "lab=lab.pem", record).out)
    digest, signature = tmp_path / "digest", tmp_path / "signature"
    digest.write_bytes(bytes.fromhex(document["canonical_sha256"]))
    signature.write_bytes(base64.b64decode(document["receipt"]["signature_b64"]))
    raw_in = ("-rawin", "-in", digest)
    assert openssl("pkeyutl", "-sign", "-inkey", private, *raw_in) == signature.read_bytes()
    checked = ("pkeyutl", "-verify", "-pubin", "-inkey", public, "-sigfile", signature, *raw_in)
    assert b"Signature Verified Successfully" in openssl(*checked)


@needs_openssl
def test_we_read_the_keys_of_openssl(quick: Pith, record: Path, tmp_path: Path) -> None:
    """A key of `openssl genpkey` signs here, and its public half from OpenSSL verifies here."""
    private, public = tmp_path / "theirs.pem", tmp_path / "theirs.pub.pem"
    openssl("genpkey", "-algorithm", "ed25519", "-out", private)
    openssl("pkey", "-in", private, "-pubout", "-out", public)
    private.chmod(0o600)
    signed = quick("sign", "--key", f"lab={private}", record)
    assert signed.code == 0
    assert quick("verify", "--key", f"lab={public}", "-", stdin=signed.out.encode()).code == 0
    with_text = tmp_path / "text.pem"
    openssl("pkey", "-in", private, "-text", "-out", with_text)
    with_text.chmod(0o600)
    again = quick("sign", "--key", f"lab={with_text}", record, "--receipt")
    signature = json.loads(signed.out)["receipt"]["signature_b64"]
    assert json.loads(again.out)["signature_b64"] == signature


@needs_openssl
@pytest.mark.parametrize(
    ("commands", "words"),
    [
        (
            ["genpkey -algorithm ed25519 -aes256 -pass pass:x -out key.pem"],
            "Its private key is under a password",
        ),
        (
            ["genpkey -algorithm x25519 -out key.pem"],
            "not one of Ed25519",
        ),
        (["genpkey -algorithm ed448 -out key.pem"], "not one of Ed25519"),
        (["ecparam -name prime256v1 -genkey -noout -out key.pem"], "“EC PRIVATE KEY”"),
        (
            ["genpkey -algorithm ed25519 -out k", "pkey -in k -pubout -out key.pem"],
            "It holds a public key",
        ),
        (
            ["genpkey -algorithm ed25519 -out k", "pkey -in k -outform DER -out key.pem"],
            "is not PEM",
        ),
    ],
    ids=["password", "x25519", "ed448", "ec", "public", "der"],
)
def test_other_keys_of_openssl_are_explained(
    quick: Pith,
    monkeypatch: pytest.MonkeyPatch,
    record: Path,
    tmp_path: Path,
    commands: list[str],
    words: str,
) -> None:
    """A key of another kind, or under a password, is named for what it is and not used."""
    monkeypatch.chdir(tmp_path)
    for command in commands:
        openssl(*command.split())
    (tmp_path / "key.pem").chmod(0o600)
    run = quick("sign", "--key", "lab=key.pem", record)
    assert (run.code, run.out) == (2, "")
    assert words in run.err
    assert "hint: pith keygen" in run.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no key in PEM"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n", "no key in PEM"),
        (pem.private_pem(SEED) * 2, "2 private keys"),
        (pem.private_pem(SEED).replace("MC4C", "MC*C"), "base64 is damaged"),
        (pem.private_pem(SEED).replace("MC4C", "MC*4C"), "base64 is damaged"),
        (pem.private_pem(SEED).replace("MC4C", "MC8C"), "not one of Ed25519"),
        (pem.private_pem(SEED + b"\0"), "not one of Ed25519"),
        (pem.private_pem(SEED[1:]), "not one of Ed25519"),
        (pem.private_pem(SEED).replace("PRIVATE", "OPENSSH PRIVATE"), "“OPENSSH PRIVATE KEY”"),
    ],
)
def test_damaged_pem_is_refused(text: str, words: str) -> None:
    """Every other text than one whole Ed25519 key is refused in a sentence."""
    with pytest.raises(KeyringError, match=words):
        pem.read_private_pem(text)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("lab", "lab is not an id and a file"),
        ("lab=missing.pem", "could not be read: No such file"),
        ("lab=.", "could not be read: Is a directory"),
    ],
)
def test_a_key_that_is_not_there_is_explained(
    quick: Pith, record: Path, key: str, words: str
) -> None:
    """A key that cannot be read is a mistake in the command line."""
    run = quick("sign", "--key", key, record)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_nobody_signs_in_the_registry_s_name(quick: Pith, record: Path, lab: str) -> None:
    """The pinned id belongs to the pinned key: such a signature would fail everywhere."""
    run = quick("sign", "--key", lab.replace("lab=", f"{KEY_ID}=", 1), record)
    assert (run.code, run.out) == (2, "")
    assert "is pinned to the key of pith.science" in run.err


# Signing


def test_a_receipt_has_the_registry_s_form(quick: Pith, record: Path, lab: str) -> None:
    """`--receipt` prints the receipt alone; the time is the one given, or now."""
    receipt = json.loads(quick("sign", "--key", lab, "--receipt", "--at", AT, record).out)
    assert list(receipt) == ["kind", "key_id", "algorithm", "signed_at", "signature_b64"]
    assert receipt["signed_at"] == AT
    now = json.loads(quick("sign", "--key", lab, "--receipt", record).out)["signed_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", now)
    run = quick("sign", "--key", lab, "--at", "yesterday", record)
    assert (run.code, run.out) == (2, "")
    assert "--at yesterday is no UTC time" in run.err


def test_only_what_holds_together_is_signed(
    quick: Pith, files: Files, lab: str, tmp_path: Path, signed_row: Row
) -> None:
    """A forged document is refused with code 1, and what is no record of schema 1.0 with 4."""
    run = quick("sign", "--key", lab, files.failed)
    assert (run.code, run.out) == (1, "")
    assert "is not what it claims to be, so it was not signed" in run.err
    record = {**signed_row["canonical_record"], "schema_version": "2.0"}
    run = quick("sign", "--key", lab, written(tmp_path / "other.json", record))
    assert (run.code, run.out) == (4, "")
    assert "schema_version is not the text 1.0" in run.err
    assert quick("sign", "--key", lab, files.broken).code == 4
    for good in (files.verified, files.intact, files.unchecked):
        assert quick("sign", "--key", lab, good).code == 0


# Events


def event_of(pith: Pith, *arguments: object, stdin: bytes = b"") -> dict[str, Any]:
    """An event that was made without complaint."""
    run = pith("event", *arguments, stdin=stdin)
    assert (run.code, run.err) == (0, ""), run
    made: dict[str, Any] = json.loads(run.out)
    return made


def test_an_event_keeps_to_the_rule_of_protocol_9_1(quick: Pith, record: Path, lab: str) -> None:
    """Its id is its hash, its signature is over that id, and it says what it was told to say."""
    options = ("--signer", "The lab", "--signer-type", "lab", "--at", AT, "--target", "graph")
    payload = json.dumps(SNAPSHOT).encode()
    kind = ("--type", "graph_snapshot", "--payload", "-")
    event = event_of(quick, record, *kind, "--key", lab, *options, stdin=payload)
    assert event["event_id"] == event_id_of(event)
    assert ed25519.verify(
        ed25519.public_key(SEED),
        bytes.fromhex(event["event_id"].removeprefix("sha256:")),
        base64.b64decode(event["signature_b64"]),
    )
    assert (event["event_type"], event["target"], event["created_at"]) == (
        "graph_snapshot",
        "graph",
        AT,
    )
    assert event["payload"] == SNAPSHOT
    assert (event["signer"]["signer_id"], event["signer"]["signer_type"]) == ("The lab", "lab")


def test_events_replace_and_withdraw(
    quick: Pith, record: Path, lab: str, public: str, tmp_path: Path
) -> None:
    """`--replaces` and a withdrawal take away what they name, as the merged state shows."""
    kind = ("--type", "graph_snapshot", "--target", "graph", "--key", lab)
    payload = json.dumps(SNAPSHOT).encode()
    first = event_of(quick, record, *kind, "--at", AT, "--payload", "-", stdin=payload)
    replacing = ("--payload", "-", "--replaces", first["event_id"])
    second = event_of(quick, record, *kind, *replacing, stdin=payload)
    taken = json.dumps({"event_id": second["event_id"]}).encode()
    withdrawal = ("--type", "withdrawal", "--payload", "-", "--key", lab)
    third = event_of(quick, record, *withdrawal, stdin=taken)
    for events, left in (([first], first), ([first, second], second), ([first, second, third], 0)):
        written(tmp_path / "events.json", events)
        quick("bundle", record, "events.json", "--out", "bundle.json")
        state = json.loads(quick("merge", "--key", public, "--state", "-", "bundle.json").out)
        standing = [one["event_id"] for one in state["current"]["graph_snapshots"]]
        assert standing == ([left["event_id"]] if isinstance(left, dict) else [])


@pytest.mark.parametrize(
    ("arguments", "payload", "code", "words"),
    [
        (["--type", "withdrawal", "--payload", "-"], {}, 1, "does not name the event_id"),
        (
            ["--type", "record_created", "--payload", "-"],
            {"canonical_record": {"a": 1}},
            1,
            "The event's record has another number",
        ),
        (
            ["--type", "graph_snapshot", "--payload", "-"],
            {"graph_snapshot": {"claims": {"items": [1], "snapshot_sha256": EMPTY}}},
            1,
            "Readers would refuse this event",
        ),
        (["--type", "pith.integrity.v1", "--payload", "-"], {}, 1, "is a whole number"),
        (["--type", "note", "--payload", "-"], [], 4, "An event's payload is a JSON object"),
        (["--type", "note"], None, 2, "needs --payload"),
        (["--type", "note", "--payload", "-", "--replaces", "x"], {}, 2, "a list of ids"),
        (["--type", "note", "--payload", "missing.json"], None, 4, "There is no file missing"),
        (["--type", "note", "--payload", "-", "--at", "now"], {}, 2, "is no UTC time"),
    ],
)
def test_an_event_that_readers_would_refuse_is_not_made(
    quick: Pith,
    record: Path,
    lab: str,
    arguments: list[str],
    payload: object,
    code: int,
    words: str,
) -> None:
    """Content that its type does not allow is found before it is signed and sent about."""
    run = quick("event", record, *arguments, "--key", lab, stdin=json.dumps(payload).encode())
    assert (run.code, run.out) == (code, "")
    assert words in run.err


def test_an_event_of_an_unknown_type_is_made_with_a_remark(
    quick: Pith, record: Path, lab: str
) -> None:
    """Anybody may say anything; that it will change nothing is said."""
    run = quick(
        "event", record, "--type", "note", "--payload", "-", "--key", lab, stdin=b'{"a": 1}'
    )
    assert run.code == 0
    assert json.loads(run.out)["payload"] == {"a": 1}
    assert "Readers keep this one, and it changes nothing." in run.err


@pytest.mark.parametrize(
    ("subject", "code", "words"),
    [
        ("pith:DBZZ4GA3QYTEJZ5TKUNHWEKF3I", 2, "by the full number with its year"),
        ("pith:2019:DBZZ4GA3", 2, "by the full number with its year"),
        ("pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I", 2, "a number is not enough"),
        ("nothing.json", 4, "There is no file nothing.json"),
        ("-", 4, "The input is empty"),
    ],
)
def test_an_event_needs_its_record_by_full_number(
    quick: Pith, lab: str, subject: str, code: int, words: str
) -> None:
    """A short number could be that of another record, and `record_created` carries the record."""
    run = quick("event", subject, "--type", "record_created", "--key", lab)
    assert (run.code, run.out) == (code, "")
    assert words in run.err


# Bundles


def test_a_bundle_is_a_function_of_its_parts(
    quick: Pith, record: Path, lab: str, public: str, tmp_path: Path
) -> None:
    """Order, repetition and packing of the parts change no byte; adding to a bundle is the same."""
    key = ("--key", lab)
    created = event_of(quick, record, "--type", "record_created", *key)
    payload = json.dumps(SNAPSHOT).encode()
    graph = ("--type", "graph_snapshot", "--payload", "-")
    shown = event_of(quick, record, *graph, *key, stdin=payload)
    one, two = written(tmp_path / "1.json", created), written(tmp_path / "2.json", shown)
    both = written(tmp_path / "both.json", [shown, created])
    lines = tmp_path / "both.jsonl"
    lines.write_text(f"{json.dumps(created)}\n\n{json.dumps(shown)}\n")
    trusted = ("--key", public)
    expected = quick("bundle", *trusted, record, one, two)
    assert (expected.code, expected.err) == (0, "")
    partial = tmp_path / "partial.json"
    partial.write_text(quick("bundle", *trusted, record, two).out)
    for parts in ([two, record, one, one], [both, record], [record, lines], [partial, one]):
        assert quick("bundle", *trusted, *parts).out == expected.out
    assert len(json.loads(expected.out)["events"]) == 2


def test_a_receipt_finds_its_place(
    quick: Pith, record: Path, lab: str, public: str, tmp_path: Path
) -> None:
    """A receipt that no event carries stands in the bundle itself, and there is room for one."""
    trusted = ("--key", public)
    signed = tmp_path / "signed.json"
    signed.write_text(quick("sign", "--key", lab, "--at", AT, record).out)
    receipt = tmp_path / "receipt.json"
    receipt.write_text(quick("sign", "--key", lab, "--at", AT, record, "--receipt").out)
    bundle = quick("bundle", *trusted, signed)
    assert quick("bundle", *trusted, record, receipt).out == bundle.out
    assert json.loads(bundle.out)["receipt"] == json.loads(receipt.read_text())
    assert quick("verify", *trusted, "-", stdin=bundle.out.encode()).code == 0
    event = event_of(quick, record, "--type", "record_created", "--key", lab, "--at", AT)
    created = written(tmp_path / "created.json", event)
    assert "receipt" not in json.loads(quick("bundle", *trusted, signed, created).out)
    other = tmp_path / "other.json"
    other.write_text(quick("sign", "--key", lab, "--receipt", record).out)
    run = quick("bundle", *trusted, signed, other)
    assert (run.code, run.out) == (4, "")
    assert "room for one receipt" in run.err


def test_a_bundle_that_nobody_known_signed_says_so(quick: Pith, record: Path) -> None:
    """A record alone makes a bundle; the remark tells what a reader will find."""
    run = quick("bundle", record)
    assert run.code == 0
    assert run.err.startswith("note: Intact, signer not established.")
    assert quick("verify", "-", stdin=run.out.encode()).code == 3


def test_parts_that_do_not_hold_are_refused(
    quick: Pith, files: Files, record: Path, lab: str, public: str, tmp_path: Path
) -> None:
    """A forged event, one about another record, a forged document: code 1, and no bundle."""
    created = event_of(quick, record, "--type", "record_created", "--key", lab)
    other_subject = {**created, "subject_pith_number": "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I"}
    forged = {**created, "signature_b64": base64.b64encode(bytes(64)).decode()}
    for name, parts, words in (
        ("a.json", [other_subject], "The event is not about this record"),
        ("b.json", [forged], "The signature is not one by lab"),
    ):
        part = written(tmp_path / name, parts)
        run = quick("bundle", "--key", public, record, part)
        assert (run.code, run.out) == (1, "")
        assert f"{name} holds an event that does not hold. {words}" in run.err
    for parts, code, words in (
        ([record, files.failed], 1, "hold different records"),
        ([files.failed], 1, "is not what it claims to be"),
        ([files.intact, record], 1, "hold different records"),
        ([written(tmp_path / "c.json", created)], 4, "None of these holds the record"),
        ([files.broken, record], 4, "stands twice"),
        ([written(tmp_path / "d.json", {"a": 1}), record], 4, "holds neither"),
        (["-", "-"], 2, "can be read only once"),
    ):
        run = quick("bundle", *parts)
        assert (run.code, run.out) == (code, "")
        assert words in run.err


def test_good_parts_that_contradict_each_other_are_refused(
    quick: Pith, record: Path, lab: str, public: str, tmp_path: Path
) -> None:
    """Two events that replace the same one are each well signed, and no bundle together."""
    kind = ("--type", "graph_snapshot", "--payload", "-", "--key", lab)
    payload = json.dumps(SNAPSHOT).encode()
    first = event_of(quick, record, *kind, stdin=payload)
    forks = [
        event_of(quick, record, *kind, "--replaces", first["event_id"], stdin=payload)
        for _ in range(2)
    ]
    run = quick("bundle", "--key", public, record, written(tmp_path / "e.json", [first, *forks]))
    assert (run.code, run.out) == (1, "")
    assert "good one by one and not together" in run.err


def test_the_registry_s_document_becomes_a_bundle(
    quick: Pith, tmp_path: Path, signed_row: Row
) -> None:
    """A real record with its real receipt makes a bundle that is verified with no key added."""
    path = written(tmp_path / "real.json", document_of(signed_row))
    run = quick("bundle", path)
    assert (run.code, run.err) == (0, "")
    assert quick("verify", "--expect", signed_row["pith"], "-", stdin=run.out.encode()).code == 0


# Files


@pytest.mark.parametrize("command", ["sign", "event", "bundle"])
def test_files_are_replaced_whole_and_never_a_device(
    pith: Pith, record: Path, lab: str, tmp_path: Path, command: str
) -> None:
    """`--out` follows a link, leaves no other file, and writes to a device instead of over it."""
    make = {
        "sign": ("sign", "--key", lab, "--at", AT, record),
        "event": ("event", record, "--type", "record_created", "--key", lab, "--at", AT),
        "bundle": ("bundle", record),
    }[command]
    expected = pith(*make).out
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    assert pith(*make, "--out", "link.json").out == ""
    assert target.read_text() == expected
    assert link.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {
        *("lab.pem", "record.json", "target.json", "link.json")
    }
    assert pith(*make, "--out", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()
    assert pith(*make, "--out", "/dev/stdout").out == expected
    for bad, why in (("no/where", "No such file"), (".", "Is a directory")):
        run = pith(*make, "--out", bad)
        assert (run.code, run.out) == (4, "")
        assert f"{bad} could not be written: {why}" in run.err


def test_a_full_disk_leaves_no_half_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the key cannot be brought to the disk, no file remains that looks like one."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = tmp_path / "lab.pem"
    for option in ([], ["--force"]):
        assert main(["keygen", *option, f"lab={path}"]) == 4
        assert "could not be written: No space left on device." in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []
