"""The Python side of the page: takes a request, calls `pithcore`, hands back what it says.

Runs inside the worker, and as plainly in CPython: requests and answers are JSON text, a
document is bytes, and nothing here knows of JavaScript. Every function answers
`{"answer": …}`, or `{"refused": sentence, "where": "query" | "key" | "document"}` where
`pithcore` refused to read something.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any

import pithcore

ADDED_KEY_HOLDER = "a key you added for this visit"
_WHERE = {pithcore.QueryError: "query", pithcore.KeyringError: "key"}


def _answers(function: Callable[..., Any]) -> Callable[..., str]:
    """Turn a return value or a `PithError` into the JSON text that the worker passes on."""

    @functools.wraps(function)
    def answer(*args: Any) -> str:
        try:
            return json.dumps({"answer": function(*args)})
        except pithcore.PithError as error:
            where = next((_WHERE[kind] for kind in _WHERE if isinstance(error, kind)), "document")
            return json.dumps({"refused": str(error), "where": where})

    return answer


@_answers
def about() -> dict[str, Any]:
    """The versions at work, and how many checks a report has."""
    return {
        "pithcore": pithcore.__version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "checks": len(pithcore.PLAN),
    }


@_answers
def look_up(text: str) -> dict[str, Any]:
    """What a reader typed, as the addresses to ask for it, in order.

    `expect` is the number the record must have, None when an arXiv id was asked for.
    """
    query = pithcore.parse_query(text)
    return {
        "name": str(query),
        "expect": str(query) if isinstance(query, pithcore.PithNumber) else None,
        "urls": [url for resolver in pithcore.RESOLVERS for url in resolver.urls(query)],
    }


@_answers
def signatures(data: bytes, request: str) -> list[dict[str, str]]:
    """The signatures that `check` will verify, in hex, for the browser's own Ed25519."""
    keyring = _keyring(json.loads(request))
    return [
        dict(zip(("public_key", "message", "signature"), map(bytes.hex, triple), strict=True))
        for triple in pithcore.receipt_signatures(bytes(data), keyring=keyring)
    ]


@_answers
def check(data: bytes, request: str, post: Callable[[str], object]) -> dict[str, Any]:
    """Verify a document and return the report, posting each check as JSON when it ends.

    `request` holds `source`, `expect`, `title`, `abstract`, `key_id` and `key`, each a string
    or null, and `opinions`: what `signatures` gave, each with the browser's `valid`.
    """
    asked = json.loads(request)
    opinions = {
        (o["public_key"], o["message"], o["signature"]): o["valid"] for o in asked["opinions"]
    }

    def second_opinion(*triple: bytes) -> bool | None:
        return opinions.get(tuple(map(bytes.hex, triple)))

    report = pithcore.verify(
        bytes(data),
        source=asked["source"],
        expect=asked["expect"],
        keyring=_keyring(asked),
        title=asked["title"],
        abstract=asked["abstract"],
        second_opinion=second_opinion,
        on_check=lambda done: post(json.dumps(done.to_dict())) and None,
    )
    return report.to_dict()


def _keyring(asked: dict[str, str | None]) -> pithcore.Keyring:
    if not (asked["key"] or asked["key_id"]):
        return pithcore.PITH_KEYRING
    public_key = pithcore.parse_public_key(asked["key"] or "")
    key = pithcore.Key(asked["key_id"] or "", public_key, ADDED_KEY_HOLDER)
    return pithcore.PITH_KEYRING.with_key(key)
