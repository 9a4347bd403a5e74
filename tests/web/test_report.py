"""One report: the page, the library and the terminal show the same object."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import SIGNED, as_bytes, bundle
from playwright.sync_api import expect
from verifier import Verifier

import pithcore


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what each place adds of its own: its name for the input, and whether a
    second implementation of Ed25519 was at hand to be asked.
    """
    checks = [check for check in report["checks"] if check["id"] != "receipt.second_opinion"]
    return {**report, "input": {**report["input"], "source": None}, "checks": checks}


@pytest.mark.parametrize("record", SIGNED, ids=lambda record: record["arxiv"])
def test_page_library_and_terminal_agree(verifier: Verifier, tmp_path: Path, record: Any) -> None:
    """A really signed record is verified in all three, with the same report."""
    file = tmp_path / "bundle.json"
    file.write_bytes(as_bytes(bundle(record)))
    verifier.open().page.locator("#file").set_input_files(file)
    in_page = verifier.report()
    in_library = pithcore.verify(file.read_bytes()).to_dict()
    command = [sys.executable, "-m", "pithcli", "verify", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    in_terminal = json.loads(done.stdout)
    assert in_page["verdict"] == "verified"
    assert comparable(in_page) == comparable(in_library) == comparable(in_terminal)


def test_the_page_asks_the_browser_for_a_second_opinion(verifier: Verifier) -> None:
    """In the page, WebCrypto's Ed25519 checks the signature as well."""
    verifier.open("#example=verified")
    assert verifier.outcome("receipt.second_opinion") == "passed"


def test_a_browser_that_disagrees_makes_it_fail(verifier: Verifier) -> None:
    """When WebCrypto refuses a signature that pithcore accepts, the check fails and says so."""
    verifier.page.route(
        "**/worker.js",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text() + "\ncrypto.subtle.verify = async () => false;\n",
        ),
    )
    verifier.open("#example=verified")
    assert verifier.verdict() == "failed"
    assert verifier.outcome("receipt.second_opinion") == "failed"


def test_a_browser_without_ed25519_has_no_opinion(verifier: Verifier) -> None:
    """A browser without Ed25519 does not make the verdict worse, and is not counted as a "no"."""
    verifier.page.route(
        "**/worker.js",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text()
            + "\ncrypto.subtle.importKey = async () => { throw new Error('no'); };\n",
        ),
    )
    verifier.open("#example=verified")
    assert verifier.verdict() == "verified"
    assert verifier.outcome("receipt.second_opinion") != "passed"


def test_every_check_of_the_plan_is_shown(verifier: Verifier) -> None:
    """The page shows exactly the plan's checks, in its order, and the report has the same."""
    verifier.open("#example=failed")
    plan = [check.id for check in pithcore.PLAN]
    assert [check["id"] for check in verifier.report()["checks"]] == plan
    shown = [item.get_attribute("data-id") for item in verifier.page.locator(".check").all()]
    assert shown == plan


def test_checks_appear_as_they_end(verifier: Verifier) -> None:
    """A check is on the page before the last one has ended."""
    verifier.page.add_init_script(
        """
        addEventListener("DOMContentLoaded", () => {
          window.seen = [];
          new MutationObserver(() => {
            const count = document.querySelectorAll(".check").length;
            if (!document.querySelector("#verdict:not(.running)")) window.seen.push(count);
          }).observe(document.getElementById("outcome"), { childList: true, subtree: true });
        });
        """
    )
    verifier.open("#example=verified")
    verifier.headline()
    seen = verifier.page.evaluate("window.seen")
    assert len(set(seen)) > 5


def test_canonical_bytes_are_shown_and_copied(verifier: Verifier) -> None:
    """The exact canonical text can be seen and copied; its SHA-256 is the digest."""
    verifier.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    verifier.open("#example=verified")
    verifier.headline()
    verifier.page.get_by_text("Show the bytes").click()
    shown = verifier.page.locator(".bytes").inner_text()
    verifier.page.get_by_role("button", name="Copy the canonical bytes").click()
    expect(verifier.page.locator("#status")).to_have_text("Copied: the canonical bytes")
    assert verifier.page.evaluate("navigator.clipboard.readText()") == shown
    assert pithcore.canonical_bytes(json.loads(shown)).decode() == shown


def test_shell_lines_run(verifier: Verifier) -> None:
    """A shell line as the page shows it, run in a shell, gives the value beside it."""
    verifier.open("#example=verified")
    verifier.headline()
    item = verifier.check("identity.digest")
    item.locator("summary").click()
    line = item.locator(".shell code").inner_text()
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    expect(verifier.page.locator(".subject")).to_contain_text(done.stdout.strip())
