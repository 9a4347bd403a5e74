"""What the page's policy keeps out, proved from inside the worker, and what its source avoids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from verifier import RESOLVER, Verifier

FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b(?!')|new Function"
    r"|DOMParser|createContextualFragment|srcdoc"
    r"|https?://(?!pith\.science|www\.pith\.science|www\.w3\.org/2000/svg"
    r"|mirror\.example\.org|\$\{word\})"  # how an address is written; one that the reader typed
)

ANY_SERVER = re.compile("^https:")

ASK = """
url => new Promise(done => {
  addEventListener("securitypolicyviolation",
    event => done("refused: " + event.effectiveDirective));
  setTimeout(() => fetch(url, {mode: "no-cors"}).then(() => done("fetched"), () => {}));
  setTimeout(() => done("nothing"), 3000);
})
"""


def test_the_worker_reaches_the_resolver_only(verifier: Verifier) -> None:
    """In the worker, the policy refuses any server but this one and the resolvers."""
    verifier.watch.may_say = ("policy", "Policy")
    asked = verifier.resolver(lambda route: route.fulfill(body="x"), url=ANY_SERVER)
    verifier.open().ready()
    (worker,) = verifier.page.workers
    assert worker.url.startswith("blob:")
    assert worker.evaluate(ASK, f"{RESOLVER}/pith/x") == "fetched"
    assert asked == [f"GET {RESOLVER}/pith/x"]
    assert worker.evaluate(ASK, "https://elsewhere.example/") == "refused: connect-src"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("eval('1 + 1')", "EvalError"),
        ("new Function('return 1')()", "EvalError"),
        ("new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))", "no error"),
    ],
)
def test_the_worker_runs_no_strings(verifier: Verifier, code: str, answer: str) -> None:
    """The worker compiles WebAssembly, and no text: `eval` and `Function` are refused there."""
    verifier.watch.may_say = ("policy", "Policy")
    verifier.open().ready()
    # In a later task: the debugger's own call is exempt from the policy.
    script = f"""() => new Promise(done => setTimeout(() => {{
        try {{ {code}; done("no error"); }} catch (error) {{ done(error.name); }}
    }}))"""
    assert verifier.page.workers[0].evaluate(script) == answer


def test_the_worker_imports_nothing_from_elsewhere(verifier: Verifier) -> None:
    """A script of another origin is not loaded into the worker."""
    verifier.watch.may_say = ("policy", "Policy", "Refused")
    served = verifier.resolver(
        lambda route: route.fulfill(body="export {}", headers={"Content-Type": "text/javascript"}),
        url=ANY_SERVER,
    )
    verifier.open().ready()
    script = "() => import('https://pith.science/x.js').then(() => 'loaded', error => error.name)"
    assert verifier.page.workers[0].evaluate(script) == "TypeError"
    assert served == []


def test_no_html_from_strings(repo: Path) -> None:
    """No script of the page builds HTML or code from strings, or names another server."""
    found = [
        f"{path.name}: {match.group()}"
        for path in sorted((repo / "web").glob("*.js"))
        for match in FORBIDDEN.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_policy_is_closed(repo: Path) -> None:
    """The policy starts from nothing; it allows the page, its worker, WebAssembly, the resolver,
    and those whom only a button asks.
    """
    page = (repo / "web" / "index.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.group(1).split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "worker-src": "'self' blob:",
        "connect-src": "'self' https://pith.science https://www.pith.science "
        "https://blockstream.info https://mempool.space https://pub.orcid.org",
        "style-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert re.findall(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon[a-z]+=", page) == []
