"""`pith mirror build`: what is hosted, what is refused, and that nothing is lost or left half."""

from __future__ import annotations

import fcntl
import itertools
import json
import random
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_helpers import Pith
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mirror_helpers import (
    ALICE,
    KEYS,
    Value,
    alter,
    bundle,
    claims,
    created,
    fake_site,
    foreign,
    free_ports,
    hosted,
    ids,
    number,
    receipt,
    record,
    save,
    stock_server,
    suffix,
    tree,
    write_page,
)

import pithcore
from pithcli.__main__ import main
from pithcli.files import TEMPORARY
from pithcli.mirror import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

CREATED = created()
ONE, TWO = claims("one"), claims("two")
LEFT, RIGHT = claims("left", replaces=[ONE]), claims("right", replaces=[ONE])
KEYRING = pithcore.PITH_KEYRING.with_key(KEYS["alice"])


def build(mirror: Path, *arguments: object) -> int:
    """Run `pith mirror build` in this process."""
    return main(["mirror", "build", str(mirror), *map(str, arguments)])


def test_a_mirror_has_what_the_protocol_names(tmp_path: Path, repo: Path) -> None:
    """Bundle, state, well-known copy, manifest and key stand where the real manifest has them."""
    source = save(tmp_path / "in.json", bundle(CREATED, ONE))
    assert build(tmp_path / "m", source, "--base-url", "https://mirror.example.org/", ALICE) == 0
    files = tree(tmp_path / "m")
    assert set(files) == {
        f"pith/{suffix()}/bundle.json",
        f"pith/{suffix()}/state.json",
        f".well-known/pith/{suffix()}/bundle.json",
        "pith-mirrors.json",
        "pith-signing-key.json",
        ".nojekyll",
    }
    manifest = json.loads(files["pith-mirrors.json"])
    real = json.loads((repo / "tests/data/records/pith-mirrors.json").read_bytes())
    assert list(manifest) == list(real)
    (mirror,), (real_mirror,) = manifest["mirrors"], real["mirrors"]
    assert [name for name in mirror if name != "keys"] == list(real_mirror)
    for name in ("bundle_pattern", "state_pattern", "well_known_pattern"):
        address = mirror[name].format(suffix=suffix())
        assert address.removeprefix("https://mirror.example.org/") in files
        assert mirror[name] == real_mirror[name].replace(
            "https://pith.science", "https://mirror.example.org"
        )
    differ = {"url", "notes"}
    key, real_key = mirror["public_key"], real_mirror["public_key"]
    assert list(key) == list(real_key)
    assert {n: key[n] for n in key if n not in differ} == {
        n: real_key[n] for n in real_key if n not in differ
    }
    assert json.loads(files["pith-signing-key.json"]) == key
    assert [one["key_id"] for one in mirror["keys"]] == ["pith-v1-2026-05", "alice"]


def test_addresses_are_relative_without_a_base_url(tmp_path: Path) -> None:
    """A mirror that does not know its address names its files relative to the manifest."""
    build(tmp_path / "m", save(tmp_path / "in.json", bundle(CREATED)))
    manifest = json.loads((tmp_path / "m" / "pith-mirrors.json").read_bytes())
    path = manifest["mirrors"][0]["bundle_pattern"].format(suffix=suffix())
    assert (tmp_path / "m" / path).is_file()


def test_what_is_hosted_verifies_and_its_state_follows(tmp_path: Path) -> None:
    """The bundle is verified under its number, and the state is the merge of its events."""
    events = [CREATED, ONE, LEFT]
    build(tmp_path / "m", save(tmp_path / "in.json", bundle(*events)), ALICE)
    data = (tmp_path / "m" / "pith" / suffix() / "bundle.json").read_bytes()
    report = pithcore.verify(data, expect=number(), keyring=KEYRING)
    assert report.verdict is pithcore.Verdict.VERIFIED
    expected = pithcore.merge(events, number(), record=record(), keyring=KEYRING).to_dict()
    assert hosted(tmp_path / "m", name="state.json") == expected
    assert (tmp_path / "m" / ".well-known/pith" / suffix() / "bundle.json").read_bytes() == data


def test_every_kind_of_source_gives_the_same_mirror(tmp_path: Path) -> None:
    """Files, folders in folders, JSON Lines, and another mirror hold the same bundles."""
    values = [bundle(created(i), index=i) for i in (1, 2, 3)]
    named = [save(tmp_path / f"{i}.json", value) for i, value in enumerate(values)]
    save(tmp_path / "lines.jsonl", *values)
    for i, value in enumerate(values):
        save(tmp_path / "folder" / str(i) / "deep" / "x.json", value, indent=2)
    (tmp_path / "folder" / "notes.txt").write_text("not JSON")
    save(tmp_path / "folder" / ".hidden" / "x.json", bundle(created(9), index=9))
    assert build(tmp_path / "m0", *named) == 0
    assert build(tmp_path / "m1", tmp_path / "lines.jsonl") == 0
    assert build(tmp_path / "m2", tmp_path / "folder") == 0
    assert build(tmp_path / "m3", tmp_path / "m0") == 0
    first, *others = (tree(tmp_path / f"m{i}") for i in range(4))
    assert len(first) == 3 * 3 + 3
    assert all(other == first for other in others)


EVENTS = [CREATED, ONE, TWO, LEFT, RIGHT, claims("bob's", name="bob"), foreign("ab" * 32, "x")]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.sets(st.integers(0, len(EVENTS) - 1)), min_size=1, max_size=4),
    shuffle=st.randoms(use_true_random=False),
)
def test_order_and_grouping_change_no_byte(
    tmp_path_factory: pytest.TempPathFactory, parts: list[set[int]], shuffle: random.Random
) -> None:
    """The union of the events decides: not their order, their repetition, or which file had them.

    Events of two signers, one of them unknown, a foreign one and a signer's contradiction.
    """
    folder = tmp_path_factory.mktemp("grouping")
    whole = sorted(set().union(*parts))
    save(folder / "whole.json", bundle(*(EVENTS[i] for i in whole)))
    lists = [shuffle.sample(sorted(part), len(part)) for part in parts]
    shuffle.shuffle(lists)
    pieces = [
        save(folder / f"{i}.json", {**bundle(), "events": [EVENTS[j] for j in part]})
        for i, part in enumerate(lists)
    ]
    assert build(folder / "a", folder / "whole.json", ALICE) == 0
    assert build(folder / "b", *pieces, pieces[0], ALICE) == 0
    assert tree(folder / "a") == tree(folder / "b")


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    """Building again from the same sources leaves every file, its time and its inode alone."""
    save(tmp_path / "in.jsonl", *(bundle(created(i), index=i) for i in range(1, 5)))
    site = fake_site(tmp_path / "site", "page")
    arguments = (tmp_path / "in.jsonl", "--page", site, ALICE)
    build(tmp_path / "m", *arguments)
    before = {path: path.stat() for path in (tmp_path / "m").rglob("*") if path.is_file()}
    build(tmp_path / "m", *arguments)
    for path, stat in before.items():
        now = path.stat()
        assert (path, now.st_mtime_ns, now.st_ino) == (path, stat.st_mtime_ns, stat.st_ino) or (
            path.name == ".pith-mirror.lock"
        )


def test_only_what_changes_is_written(tmp_path: Path) -> None:
    """A new event of one number rewrites the three files of that number and no others."""
    save(tmp_path / "a.jsonl", *(bundle(created(i), index=i) for i in range(1, 4)))
    build(tmp_path / "m", tmp_path / "a.jsonl", ALICE)
    before = tree(tmp_path / "m")
    old = {path: (tmp_path / "m" / path).stat().st_mtime_ns for path in before}
    build(tmp_path / "m", save(tmp_path / "b.json", bundle(ONE)), ALICE)
    after = tree(tmp_path / "m")
    changed = {path for path in after if after[path] != before[path]}
    rewritten = {p for p in after if (tmp_path / "m" / p).stat().st_mtime_ns != old[p]}
    assert changed == rewritten
    assert {p for p in changed if suffix() in p} == {p for p in after if suffix() in p}
    assert changed - {p for p in after if suffix() in p} == {"pith-mirrors.json"}  # a newer event


def test_no_event_is_ever_lost(tmp_path: Path) -> None:
    """What was hosted stays when a source brings less, or other events, of the same number."""
    build(tmp_path / "m", save(tmp_path / "a.json", bundle(CREATED, ONE)), ALICE)
    build(tmp_path / "m", save(tmp_path / "b.json", bundle()), ALICE)
    build(tmp_path / "m", save(tmp_path / "c.json", bundle(TWO)), ALICE)
    assert ids(hosted(tmp_path / "m")) == {e["event_id"] for e in (CREATED, ONE, TWO)}
    build(tmp_path / "all", save(tmp_path / "d.json", bundle(CREATED, ONE, TWO)), ALICE)
    assert tree(tmp_path / "m") == tree(tmp_path / "all")


FORGED = {**ONE, "signature_b64": TWO["signature_b64"]}


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (bundle(FORGED), 1, "The signature is not one by alice"),
        (bundle(CREATED, canonical_sha256="0" * 64), 1, "digest"),
        (bundle(CREATED, canonical_record={**record(), "schema_version": "1"}), 1, "record"),
        (bundle(claims("other", index=2)), 1, "The event is not about this record"),
        (bundle(CREATED, pith_number=number(2)), 1, "number"),
        ({"bundle_type": "pith_open_graph_bundle"}, 4, "carries no canonical_record"),
        ({"canonical_record": record()}, 4, "It is no bundle"),
        ([], 4, "It is no bundle"),
    ],
)
def test_what_does_not_verify_is_refused_and_the_rest_goes_on(
    pith: Pith, tmp_path: Path, content: Value, code: int, words: str
) -> None:
    """A bad bundle is named with the reason, changes nothing, and does not stop a good one."""
    bad = save(tmp_path / "bad.json", content)
    good = save(tmp_path / "good.json", bundle(created(3), index=3))
    run = pith("mirror", "build", tmp_path / "m", bad, good, ALICE)
    assert run.code == code
    assert run.err.startswith(f"error: {bad} was refused. ")
    assert words in run.err
    assert "Refused:   1" in run.out
    build(tmp_path / "alone", good, ALICE)
    assert tree(tmp_path / "m") == tree(tmp_path / "alone")


def test_a_forgery_does_not_reach_a_hosted_bundle(pith: Pith, tmp_path: Path) -> None:
    """A refused bundle of a number that is hosted leaves every byte as it was."""
    build(tmp_path / "m", save(tmp_path / "good.json", bundle(CREATED)), ALICE)
    before = tree(tmp_path / "m")
    run = pith("mirror", "build", tmp_path / "m", save(tmp_path / "x.json", bundle(FORGED)), ALICE)
    assert run.code == 1
    assert tree(tmp_path / "m") == before


def test_unreadable_files_are_named(pith: Pith, tmp_path: Path) -> None:
    """Empty, cut off and ambiguous files are refused by name, in folders and by line."""
    folder = tmp_path / "in"
    save(folder / "good.json", bundle(CREATED))
    save(folder / "state.json", {"state_type": "pith_open_graph_state"})
    (folder / "empty.json").write_bytes(b"")
    (folder / "cut.json").write_bytes((folder / "good.json").read_bytes()[:-9])
    (folder / "lines.jsonl").write_bytes(b'\n{"a":1,"a":2}\n' + (folder / "good.json").read_bytes())
    run = pith("mirror", "build", tmp_path / "m", folder, ALICE)
    assert run.code == 4
    refused = {line.split(" was refused")[0] for line in run.err.splitlines()}
    names = ("empty.json", "cut.json", "lines.jsonl:2")
    assert refused == {f"error: {folder / name}" for name in names}
    assert "1 JSON files in folders that are no bundles" in run.out
    assert ids(hosted(tmp_path / "m")) == {CREATED["event_id"]}


def test_an_unknown_signer_is_hosted_as_intact(pith: Pith, tmp_path: Path) -> None:
    """Without the key a bundle is intact and hosted; with it, it is verified."""
    source = save(tmp_path / "in.json", bundle(CREATED, ONE))
    run = pith("mirror", "build", tmp_path / "m", source)
    assert (run.code, run.err) == (0, "")
    assert "1 taken (1 intact with no signer established)" in run.out
    assert hosted(tmp_path / "m", name="state.json")["unchecked_event_count"] == 2
    run = pith("mirror", "build", tmp_path / "m", source, ALICE)
    assert "1 taken (1 verified)" in run.out
    assert hosted(tmp_path / "m", name="state.json")["valid_event_count"] == 2


def test_a_contradiction_is_hosted_and_its_signer_named(pith: Pith, tmp_path: Path) -> None:
    """Both statements of a signer who contradicts themselves stay, in one bundle or from two."""
    whole = save(tmp_path / "whole.json", bundle(ONE, LEFT, RIGHT))
    halves = [save(tmp_path / f"{e['event_id'][7:12]}.json", bundle(ONE, e)) for e in (LEFT, RIGHT)]
    run = pith("mirror", "build", tmp_path / "m", whole, ALICE)
    assert run.code == 0
    for mirror, found in (("m", [whole]), ("n", halves)):
        run = pith("mirror", "build", tmp_path / mirror, *found, ALICE)
        assert run.code == 0
        assert "The signer with the key alice contradicts themselves" in run.err
        assert all(event["event_id"] in run.err for event in (LEFT, RIGHT))
    assert hosted(tmp_path / "m", name="state.json")["equivocation_count"] == 1
    assert tree(tmp_path / "m") == tree(tmp_path / "n")


def test_two_contents_under_one_id_are_named(pith: Pith, tmp_path: Path) -> None:
    """Where a foreign id stands over two contents, both are kept and the id is named."""
    pieces = [save(tmp_path / f"{t}.json", bundle(foreign("cd" * 32, t))) for t in ("a", "b")]
    run = pith("mirror", "build", tmp_path / "m", *pieces, ALICE)
    assert run.code == 0
    assert f"two contents stand under one id, sha256:{'cd' * 32}" in run.err
    assert len(hosted(tmp_path / "m")["events"]) == 2


def test_damage_in_the_mirror_is_mended(pith: Pith, tmp_path: Path) -> None:
    """A hosted file that was cut off or tampered with is made anew, with what still holds."""
    source = save(tmp_path / "in.json", bundle(CREATED))
    mirror = tmp_path / "m"
    build(mirror, source, save(tmp_path / "more.json", bundle(ONE, TWO)), ALICE)
    clean = tree(mirror)
    path = mirror / "pith" / suffix() / "bundle.json"
    events = hosted(mirror)["events"]
    tampered = [{**e, "signature_b64": FORGED["signature_b64"]} if e == ONE else e for e in events]
    alter(mirror, "bundle.json", events=tampered)
    run = pith("mirror", "build", mirror, source, ALICE)
    assert run.code == 0
    assert f"note: {path} did not hold any more and is made anew. " in run.err
    assert ids(hosted(mirror)) == {CREATED["event_id"], TWO["event_id"]}
    path.write_bytes(clean[f"pith/{suffix()}/bundle.json"][:100])
    for name in ("state.json", "bundle.json"):
        (mirror / "pith" / suffix() / name).write_bytes(b"")
    assert pith("mirror", "build", mirror, source, tmp_path / "more.json", ALICE).code == 0
    assert tree(mirror) == clean


def test_a_key_revoked_since_takes_its_events_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going over a mirror under a keyring that knows of a revocation drops what it voids."""
    mirror = tmp_path / "m"
    build(mirror, save(tmp_path / "in.json", bundle(claims("bob's", name="bob"), ONE)), ALICE)
    revoked = pithcore.Key("bob", KEYS["bob"].public_key, "bob", revoked_at="2026-06-01T00:00:00Z")
    keyring = KEYRING.with_key(revoked)
    monkeypatch.setattr("pithcli.commands.mirror.keyring_with", lambda _: keyring)
    build(mirror, save(tmp_path / "more.json", bundle(TWO)))
    assert ids(hosted(mirror)) == {ONE["event_id"], TWO["event_id"]}


def test_a_receipt_beside_the_events_is_kept(pith: Pith, tmp_path: Path) -> None:
    """A receipt outside of the events stays, whatever is merged with it and in what order."""
    loose = save(tmp_path / "loose.json", bundle(ONE, receipt=receipt()))
    bobs = save(tmp_path / "bobs.json", bundle(receipt=receipt(name="bob")))
    more = save(tmp_path / "more.json", bundle(CREATED))
    mirrors = []
    for index, order in enumerate(itertools.permutations([loose, bobs, more])):
        assert build(tmp_path / f"m{index}", *order, ALICE) == 0
        mirrors.append(tree(tmp_path / f"m{index}"))
    assert all(mirror == mirrors[0] for mirror in mirrors)
    assert hosted(tmp_path / "m0")["receipt"] == receipt()
    assert build(tmp_path / "alone", loose, ALICE) == 0
    assert pith("verify", ALICE, tmp_path / "alone" / "pith" / suffix() / "bundle.json").code == 0


def test_the_manifests_time_follows_from_the_events(pith: Pith, tmp_path: Path) -> None:
    """`generated_at` is that of the newest signed event; no unknown signer can move it."""

    def generated_at(*arguments: object, **environment: str) -> str:
        assert pith("mirror", "build", tmp_path / "m", *arguments, ALICE, **environment).code == 0
        manifest = json.loads((tmp_path / "m" / "pith-mirrors.json").read_bytes())
        found: str = manifest["generated_at"]
        return found

    far = claims("far", name="bob", at="9999-12-31T23:59:59Z")
    late = claims("late", at="2026-07-01T12:00:00.25Z")
    assert generated_at(save(tmp_path / "a.json", bundle(far))) == "2020-01-01T00:00:00Z"
    assert generated_at(save(tmp_path / "b.json", bundle(late))) == "2026-07-01T12:00:00Z"
    older = save(tmp_path / "c.json", bundle(created(2), index=2))
    assert generated_at(older) == "2026-07-01T12:00:00Z"  # of a bundle that is not looked at
    epoch = generated_at(tmp_path / "a.json", SOURCE_DATE_EPOCH="1800000000")
    assert epoch == "2027-01-15T08:00:00Z"
    asked = ("--at", "2026-01-01T00:00:00Z")
    assert generated_at(tmp_path / "a.json", *asked, SOURCE_DATE_EPOCH="1") == asked[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in.json", "--at", "yesterday"], "no UTC time"),
        (["in.json", "--base-url", "http://example.org"], "not the address of a mirror"),
        (["in.json", "--base-url", "https://example.org/?x"], "not the address of a mirror"),
        (["in.json", "--base-url", "https://[example.org"], "not the address of a mirror"),
        (["in.json", "--key", "alice"], "not an id and a key"),
        ([], "required: SOURCE"),
    ],
)
def test_a_wrong_command_line_touches_nothing(
    pith: Pith, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """A mistake in the options ends with code 2 before a folder is made."""
    save(tmp_path / "in.json", bundle(CREATED))
    run = pith("mirror", "build", tmp_path / "m", *arguments)
    assert (run.code, run.out) == (2, "")
    assert words in run.err
    assert not (tmp_path / "m").exists()


def test_a_source_that_is_not_there_is_told_before_the_work(pith: Pith, tmp_path: Path) -> None:
    """A missing source ends with code 4, and a bad SOURCE_DATE_EPOCH with 2; nothing is made."""
    source = save(tmp_path / "in.json", bundle(CREATED))
    run = pith("mirror", "build", tmp_path / "m", source, tmp_path / "gone")
    assert (run.code, "There is no file or folder" in run.err) == (4, True)
    assert pith("mirror", "build", tmp_path / "m", source, SOURCE_DATE_EPOCH="soon").code == 2
    assert not (tmp_path / "m").exists()


def test_a_name_cannot_draw_on_the_terminal(pith: Pith, tmp_path: Path) -> None:
    """Control characters in the name of a refused file are written out."""
    bad = tmp_path / "a\x1b[2Jb.json"
    bad.write_bytes(b"{")
    run = pith("mirror", "build", tmp_path / "m", bad)
    assert run.code == 4
    assert "\x1b" not in run.err
    assert "a\\x1b[2Jb.json" in run.err


def test_the_page_comes_along_and_is_replaced_as_a_whole(pith: Pith, tmp_path: Path) -> None:
    """The files of the site stand in the mirror, and those of the build before it are gone."""
    source = save(tmp_path / "in.json", bundle(CREATED))
    old, new = fake_site(tmp_path / "old", "old"), fake_site(tmp_path / "new", "new")
    build(tmp_path / "m", source, "--page", old)
    build(tmp_path / "m", source, "--page", new)
    build(tmp_path / "fresh", source, "--page", new)
    assert tree(tmp_path / "m") == tree(tmp_path / "fresh")
    site, mirror = tree(new), tree(tmp_path / "m")
    assert {path: mirror[path] for path in site} == site


def test_a_page_that_was_cut_off_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the first page was cut off, the next build puts it there as a whole."""
    source, site = save(tmp_path / "in.json", bundle(CREATED)), fake_site(tmp_path / "site", "x")
    build(tmp_path / "whole", source, "--page", site)
    for limit in range(6):
        mirror = tmp_path / f"m{limit}"
        left = iter(range(limit))

        def write(path: Path, content: bytes, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            path.write_bytes(content)

        build(mirror, source)
        with monkeypatch.context() as patch:
            patch.setattr("pithcli.mirror.writing.write_atomically", write)
            assert build(mirror, source, "--page", site) == 130
        assert build(mirror, source, "--page", site) == 0
        assert tree(mirror) == tree(tmp_path / "whole")


def test_a_page_that_is_not_what_its_manifest_lists_is_refused(pith: Pith, tmp_path: Path) -> None:
    """A changed or half-built site, and one with files elsewhere, ends with code 4."""
    source = save(tmp_path / "in.json", bundle(CREATED))

    def refused(site: Path) -> str:
        run = pith("mirror", "build", tmp_path / "m", source, "--page", site)
        assert run.code == 4
        assert not (tmp_path / "m" / "index.html").exists()
        return run.err

    assert "could not be read" in refused(tmp_path / "nothing")
    changed = fake_site(tmp_path / "changed", "x")
    next(changed.glob("b/*/app.js")).write_text("alert()")
    assert "is not the file that the site's manifest lists" in refused(changed)
    escaping = fake_site(tmp_path / "escaping", "y")
    manifest = next(escaping.glob("b/*/manifest.json"))
    listed = json.loads(manifest.read_bytes())
    listed["sha256"]["../outside"] = "0" * 64
    manifest.write_text(json.dumps(listed))
    assert "does not list a site's files" in refused(escaping)


def test_a_page_of_another_origin_is_not_overwritten(pith: Pith, tmp_path: Path) -> None:
    """`--page` into a folder with somebody's own start page is refused, and leaves it there."""
    source = save(tmp_path / "in.json", bundle(CREATED))
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "index.html").write_text("mine")
    run = pith("mirror", "build", tmp_path / "m", source, "--page", fake_site(tmp_path / "s", "s"))
    assert run.code == 4
    assert "of another origin" in run.err
    assert (tmp_path / "m" / "index.html").read_text() == "mine"


def test_one_build_at_a_time(pith: Pith, tmp_path: Path) -> None:
    """A build beside another one ends with code 4 and writes nothing; a killed one frees it."""
    source = save(tmp_path / "in.json", bundle(CREATED))
    (tmp_path / "m").mkdir()
    with (tmp_path / "m" / ".pith-mirror.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)  # the weakest that an exclusive lock keeps out
        run = pith("mirror", "build", tmp_path / "m", source)
        assert run.code == 4
        assert "Another build is at work" in run.err
        assert tree(tmp_path / "m") == {}
    assert pith("mirror", "build", tmp_path / "m", source).code == 0


def test_a_folder_that_cannot_be_written_is_explained(pith: Pith, tmp_path: Path) -> None:
    """Where a file stands in the way, the build says which, ends with code 4 and loses nothing."""
    source = save(tmp_path / "in.json", bundle(CREATED))
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "pith").write_text("in the way")
    run = pith("mirror", "build", tmp_path / "m", source)
    assert run.code == 4
    assert "could not be written" in run.err
    assert (tmp_path / "m" / "pith").read_text() == "in the way"


def start_build(
    mirror: Path, environment: dict[str, str], *arguments: object
) -> subprocess.Popen[bytes]:
    """Start a build as a process of its own."""
    command = [sys.executable, "-m", "pithcli", "mirror", "build", mirror, *arguments]
    return subprocess.Popen(
        [*map(str, command)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_kill_at_any_moment_leaves_whole_files(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """SIGKILL at random moments: every file is the old or the new one, and a rebuild mends all.

    A mirror of one event each is brought to two events each, and the page from one build to the
    next, again and again. Each kill comes some time after a file chosen by chance was written.
    """
    count = 12
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    save(old, *(bundle(created(i), index=i) for i in range(count)))
    save(new, *(bundle(created(i), claims("x", index=i), index=i) for i in range(count)))
    pages = [fake_site(tmp_path / text, text) for text in ("page", "next")]
    build(tmp_path / "before", old, "--page", pages[0], ALICE)
    build(tmp_path / "after", new, "--page", pages[1], ALICE)
    before, after = tree(tmp_path / "before"), tree(tmp_path / "after")
    changing = [path for path in after if after[path] != before.get(path)]
    chance = random.Random(8032)
    mirror, killed, moments = tmp_path / "m", 0, set()
    build(mirror, old, "--page", pages[0], ALICE)
    for done, watched in enumerate(chance.sample(changing, 18)):
        if done >= 6 and killed >= 4 and len(moments) >= 4:
            break  # on a busy machine some kills come too late, or at the same moment
        process = start_build(mirror, environment, new, "--page", pages[1], ALICE)
        while _bytes(mirror / watched) != after[watched] and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.01))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        found = tree(mirror)
        whole = {path for path in found if TEMPORARY not in path}
        for path in whole:
            assert found[path] in (before.get(path), after.get(path)), path
        assert whole >= before.keys() & after.keys()
        moments.add(sum(found.get(path) == after[path] for path in changing))
        assert start_build(mirror, environment, new, "--page", pages[1], ALICE).wait() == 0
        assert tree(mirror) == after
        for path, content in before.items():  # back to the start
            (mirror / path).parent.mkdir(parents=True, exist_ok=True)
            (mirror / path).write_bytes(content)
    assert killed >= 4
    assert len(moments) >= 4  # in the middle of the work, and each time elsewhere


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def test_what_a_killed_build_left_is_cleaned_up(pith: Pith, tmp_path: Path) -> None:
    """The next build removes unfinished files, wherever they are; after a clean end it need not."""
    mirror = tmp_path / "m"
    build(mirror, save(tmp_path / "in.jsonl", *(bundle(index=i) for i in (1, 2))))
    left = mirror / "pith" / suffix(2) / f"{TEMPORARY}0123456789abcdef"
    left.write_bytes(b"hal")
    (mirror / ".pith-mirror.lock").write_bytes(b"at work\n")
    build(mirror, save(tmp_path / "one.json", bundle(ONE)))
    assert not left.exists()
    assert (mirror / ".pith-mirror.lock").read_bytes() == b""


def test_memory_does_not_grow_with_the_number_of_bundles(tmp_path: Path) -> None:
    """Sources are read one document at a time."""
    path = tmp_path / "many.jsonl"
    filler = {**bundle(CREATED), "filler": "x" * 50_000}
    save(path, *[filler] * 400)  # 20 MB
    tracemalloc.start()
    try:
        kinds = {type(found) for found in sources.candidates([str(path)])}
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kinds == {sources.Candidate}
    assert peak < 2_000_000


def test_a_line_without_end_is_skipped_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line or file beyond the limit is refused by name, without being held in memory."""
    monkeypatch.setattr(sources, "MAX_DOCUMENT", 20_000)
    path = tmp_path / "in.jsonl"
    good = json.dumps(bundle(CREATED)).encode()
    path.write_bytes(b"x" * 70_000 + b"\n" + good + b"\n" + b"y" * 20_001)
    big = tmp_path / "big.json"
    big.write_bytes(b" " * 20_001)
    found = [*sources.candidates([str(path), str(big)])]
    names = [(type(one).__name__, one.name) for one in found]
    assert names == [
        ("Unusable", f"{path}:1"),
        ("Candidate", f"{path}:2"),
        ("Unusable", f"{path}:3"),
        ("Unusable", str(big)),
    ]


def test_any_client_can_read_a_mirror(pith: Pith, tmp_path: Path) -> None:
    """curl gets a bundle from a stock static server, and a pipe into `pith verify` verifies it."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    build(tmp_path / "m", save(tmp_path / "in.json", bundle(CREATED, ONE)), ALICE)
    with stock_server(tmp_path / "m") as url:
        for path in (f"pith/{suffix()}/bundle.json", f".well-known/pith/{suffix()}/bundle.json"):
            got = subprocess.run(
                [curl, "-sSf", "--noproxy", "*", f"{url}/{path}"], capture_output=True, check=True
            )
            run = pith("verify", "-", "--expect", number(), ALICE, stdin=got.stdout)
            assert run.code == 0
        assert pith("verify", "--resolver", url, number(), ALICE).code == 0


def test_the_examples_are_what_their_script_makes(pith: Pith, repo: Path) -> None:
    """The files in `examples` come from the script, byte for byte, and verify as documented."""
    script = runpy.run_path(str(repo / "examples" / "make_bundles.py"))
    made = script["files"]()
    found = {
        str(path.relative_to(repo / "examples")): path.read_bytes()
        for path in (repo / "examples").rglob("*")
        if path.suffix in (".json", ".pem")
    }
    assert found == made
    bundles = sorted((repo / "examples" / "bundles").iterdir())
    run = pith("verify", *bundles)
    assert run.out.endswith("4 inputs: 1 verified, 3 intact with no signer established.\n")
    key = f"example-lab={repo / 'examples' / 'example-lab.pem'}"
    assert pith("verify", "--quiet", "--key", key, *bundles).code == 0


def test_the_five_minutes_of_the_documents(
    repo: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Each line of "In five minutes" does what is said there, typed by a newcomer in order."""
    if not (shutil.which("bash") and shutil.which("curl")):
        pytest.skip("bash or curl is not installed")
    section = (repo / "docs" / "mirrors.md").read_text("utf-8").split("\n## ")[1]
    make, compare, lie, mend = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    shutil.copytree(repo / "examples", tmp_path / "examples")
    site = fake_site(tmp_path / "build" / "site", "page")
    policy = "<meta content=\"connect-src 'self'\">"
    write_page(site, f"{policy}<p>page")
    (tmp_path / "web").mkdir()
    (tmp_path / "src").symlink_to(repo / "src")
    shutil.copy(repo / "web" / "resolvers.py", tmp_path / "web")
    ports = dict(zip(("8001", "8002"), free_ports(2), strict=True))
    again = "pith mirror check one http://127.0.0.1:8002\n"
    script = f"""
        set -eo pipefail
        pith() {{
            if [ "$1 $2" = "mirror serve" ]; then
                exec "{sys.executable}" -m pithcli "$@" >"served-$3"
            fi
            "{sys.executable}" -m pithcli "$@"
        }}
        make() {{ true; }}
        python3() {{ "{sys.executable}" "$@"; }}
        trap 'kill $(jobs -p)' EXIT
        {make}
        for port in 8001 8002; do
            curl -sf -o "got-$port" --retry 20 --retry-connrefused --retry-delay 1 \\
                "http://127.0.0.1:$port/pith-mirrors.json"
        done
        {compare}
        {lie.rstrip()} || echo "code $?"
        {mend}
        {again}
    """
    for port, free in ports.items():
        script = script.replace(port, str(free))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**environment, "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("4 numbers: 4 agree.\n") == 2
    assert done.stdout.count("\nVerified\n") == 2
    assert "QVJLU2XL6QPRVRKFFVZUINAMO6 FAILED\n" in done.stdout
    assert "4 numbers: 3 agree, 1 FAILED.\ncode 1\n" in done.stdout
    assert "did not hold any more and is made anew" in done.stderr
    assert str(ports["8002"]) in (tmp_path / "one" / "index.html").read_text("utf-8")
    listed = json.loads((tmp_path / "one" / "resolvers.json").read_text("utf-8"))
    assert listed["here"] is True
    assert [one["base_url"] for one in listed["resolvers"]] == [f"http://127.0.0.1:{ports['8002']}"]


def test_the_page_of_a_mirror_asks_the_mirror_first(pith: Pith, tmp_path: Path) -> None:
    """Others that the site lists are asked too; a list that cannot be read is refused."""
    source, site = save(tmp_path / "in.json", bundle(CREATED)), fake_site(tmp_path / "site", "x")
    build(tmp_path / "m", source, "--page", site)
    listed = json.loads((tmp_path / "m" / "resolvers.json").read_text("utf-8"))
    assert (listed["here"], listed["resolvers"]) == (True, [])
    others = [{"name": "Second", "base_url": "http://127.0.0.1:8002"}]
    save(site / "resolvers.json", {"schema": "pithweb.resolvers/1", "resolvers": others})
    build(tmp_path / "m", source, "--page", site)
    listed = json.loads((tmp_path / "m" / "resolvers.json").read_text("utf-8"))
    assert (listed["here"], listed["resolvers"]) == (True, others)
    (site / "resolvers.json").write_text("{", "utf-8")
    run = pith("mirror", "build", tmp_path / "m", source, "--page", site)
    assert run.code == 4
    assert "resolvers.json cannot be read: Line 1" in run.err


def test_a_mirror_is_served_for_pages_of_other_sites(
    environment: dict[str, str], pith: Pith, tmp_path: Path
) -> None:
    """Until Ctrl-C, on this machine alone; bundles carry the header that lets pages read them."""
    build(tmp_path / "m", save(tmp_path / "in.json", bundle(CREATED)))
    command = [sys.executable, "-m", "pithcli", "mirror", "serve", "m", "--port", "0"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("m is at http://127.0.0.1:")
        base = said.split()[3]
        (path,) = (tmp_path / "m" / "pith").glob("*/bundle.json")
        address = f"{base}{path.relative_to(tmp_path / 'm').as_posix()}"
        with urllib.request.urlopen(address) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.read() == path.read_bytes()
        port = base.rstrip("/").rpartition(":")[2]
        taken = pith("mirror", "serve", "m", "--port", port)
        assert taken.code == 4
        assert f"Port {port} of this machine cannot be used" in taken.err
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nowhere"], 4, "There is no folder nowhere."),
        (["nowhere", "--port", "70000"], 2, "70000 is not a number from 0 to 65535."),
    ],
)
def test_what_cannot_be_served_is_told(
    pith: Pith, arguments: list[str], code: int, sentence: str
) -> None:
    run = pith("mirror", "serve", *arguments)
    assert (run.code, sentence in run.err) == (code, True)
