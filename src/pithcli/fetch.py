"""Get one document over HTTPS: bounded in size, time and redirects, each failure in words.

Nothing that arrives is believed: it goes to `pithcore.verify` like a file. The bounds keep a
bad server from wasting the reader's memory and time.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit

from pithcli.problem import usage
from pithcore import __version__
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import Message
    from typing import IO

MAX_FETCH = 32 * 1024 * 1024
"""Bytes taken from a server. A bundle of 10,000 events is about 5 MB; larger ones can be
downloaded and given as a file."""

MAX_REDIRECTS = 5
"""Redirects followed: one to `www`, one to a canonical path, and some to spare."""

USER_AGENT = f"pith/{__version__} (Pith record verifier)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Why(StrEnum):
    """Kinds of failure, so that a caller can decide whether to ask the next address."""

    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    STATUS = "status"
    TOO_LARGE = "too_large"
    SLOW = "slow"
    TLS = "tls"
    DNS = "dns"
    UNREACHABLE = "unreachable"
    REDIRECT = "redirect"
    ADDRESS = "address"
    BROKEN = "broken"


class FetchError(Exception):
    """No document; `str(error)` is one sentence that says who failed and how.

    `said` is what the server wrote with its refusal, where `Wanted.words` asks for that.
    """

    def __init__(self, why: Why, sentence: str, said: str = "") -> None:
        super().__init__(sentence)
        self.why = why
        self.said = said


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a document, the address they came from in the end, and its last headers."""

    url: str
    data: bytes
    headers: Message | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an address is asked.

    Attributes:
        accept: kinds of document, as the header `Accept` has them.
        most: bytes that are taken; `MAX_FETCH` when None.
        head: ask for the headers alone (HEAD); the data are then empty.
        post: bytes that are sent (POST); such a request follows no redirect.
        stays: follow no redirect to another host.
        words: bytes of a refusal's own text that are kept, as `FetchError.said`.
    """

    accept: str = "application/ld+json, application/json;q=0.9, */*;q=0.5"
    most: int | None = None
    head: bool = False
    post: bytes | None = None
    stays: bool = False
    words: int = 0


DOCUMENT = Wanted()
"""A Pith document."""


def fetch(url: str, timeout: float, wanted: Wanted = DOCUMENT) -> Fetched:
    """Get `url` within `timeout` seconds. Raises `FetchError`.

    The work is done in a thread of its own: neither a name lookup nor a server that sends one
    byte at a time heeds a socket's timeout, and a reader should not wait for either.
    """
    answers: queue.SimpleQueue[Fetched | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(_follow(url, timeout, wanted))
        except Exception as error:  # noqa: BLE001 - the caller's thread raises it
            answers.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise _too_slow(url, timeout) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_allowed(url: str, *, came_from: str | None = None) -> bool:
    """True for https, and for plain http on this machine unless another machine sends us there.

    Raises:
        ValueError: for an address that cannot be taken apart.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.port == 0:  # reading a port that is no number raises
        return False
    if parts.scheme == "https":
        return True
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return local and (came_from is None or urlsplit(came_from).hostname in _LOOPBACK)


def is_base(url: str) -> bool:
    """True for an address that others can be made from: allowed, and with nothing behind its path
    and nobody's name in it.
    """
    try:
        parts = urlsplit(url)
        return is_allowed(url) and not (parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:
        return False


def bases_of(
    option: str, what: str, addresses: Sequence[str], usual: tuple[str, ...]
) -> tuple[str, ...]:
    """The servers that an option names, each once; the usual ones when it names none.

    Raises a usage `Problem` for an address that none can have; `what` is a server's kind.
    """
    for address in addresses:
        if not is_base(address):
            raise usage(
                f"{option} {address} is not the address of {what}.",
                hint=f"It looks like {usual[0]}; plain http is for localhost only.",
            )
    return tuple(dict.fromkeys(one.rstrip("/") for one in addresses)) or usual


def _follow(url: str, timeout: float, wanted: Wanted) -> Fetched:
    came_from: str | None = None
    for _ in range(MAX_REDIRECTS + 1):
        try:
            allowed = is_allowed(url, came_from=came_from)
        except ValueError:
            raise _bad_address(url) from None
        if not allowed and came_from is not None:
            raise FetchError(
                Why.REDIRECT,
                f"{_host(came_from)} redirects to {url}, which is not an https address, so it was "
                "not followed.",
            )
        if not allowed:
            raise FetchError(
                Why.ADDRESS,
                f"{url} is not an https address; only servers on this machine are asked over "
                "plain http.",
            )
        if wanted.post is not None and came_from is not None:
            raise FetchError(
                Why.REDIRECT,
                f"{_host(came_from)} redirects to {_host(url)}, and what is sent to one server is "
                "not sent to another.",
            )
        if wanted.stays and came_from is not None and _host(url) != _host(came_from):
            raise FetchError(
                Why.REDIRECT,
                f"{_host(came_from)} redirects to {_host(url)}, which was not to be asked.",
            )
        answer = _ask(url, timeout, wanted)
        if isinstance(answer, Fetched):
            return answer
        came_from, url = url, answer
    raise FetchError(
        Why.REDIRECT, f"{_host(url)} redirects more than {MAX_REDIRECTS} times, so it was given up."
    )


def _ask(url: str, timeout: float, wanted: Wanted) -> Fetched | str:
    """The document at `url`, or the address it redirects to."""
    host = _host(url)
    try:
        request = urllib.request.Request(  # noqa: S310 - `_follow` has looked at the scheme
            quote(url, safe="%/:=&?~#+!$,;'@()*[]"),
            data=wanted.post,
            headers={
                "User-Agent": USER_AGENT,
                "Accept": wanted.accept,
                "Accept-Encoding": "identity",
                **({} if wanted.post is None else {"Content-Type": "application/octet-stream"}),
            },
            method="HEAD" if wanted.head else "GET" if wanted.post is None else "POST",
        )
        with _opener(url).open(request, timeout=timeout) as response:
            data = b"" if wanted.head else _body(response, host, wanted.most or MAX_FETCH)
            return Fetched(response.url, data, response.headers)
    except urllib.error.HTTPError as error:
        with error:
            location = error.headers.get("Location")
            if error.code in _REDIRECTS and location:
                return urljoin(url, location)
            refusal = _refusal(host, url, error.code, error.headers.get("Retry-After"))
            refusal.said = _words(error, wanted.words)
            raise refusal from None
    except urllib.error.URLError as error:
        raise _no_answer(url, timeout, error.reason) from None
    except http.client.InvalidURL:
        raise _bad_address(url) from None
    except http.client.IncompleteRead:
        raise _cut_short(host) from None
    except ConnectionError as error:  # before HTTPException: RemoteDisconnected is both
        raise _no_answer(url, timeout, error) from None
    except http.client.HTTPException:
        raise FetchError(
            Why.BROKEN, f"{host} did not answer as a web server does, so nothing was read."
        ) from None
    except OSError as error:
        raise _no_answer(url, timeout, error) from None
    except ValueError:
        raise _bad_address(url) from None


def _words(error: urllib.error.HTTPError, most: int) -> str:
    """The beginning of what came with a refusal; empty when it cannot be had."""
    try:
        return error.read(most).decode("utf-8", "replace").strip() if most else ""
    except (OSError, http.client.HTTPException):
        return ""


def _body(response: http.client.HTTPResponse, host: str, most: int) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise FetchError(
            Why.BROKEN, f"{host} sent the document compressed, which it was not asked to do."
        )
    announced = response.length or 0
    data = b"" if announced > most else response.read(most + 1)
    if max(announced, len(data)) > most:
        size = f"{most // 1024**2} MiB" if most >= 1024**2 else f"{most // 1024} KiB"
        advice = " Download it and give the file." if most == MAX_FETCH else ""
        raise FetchError(
            Why.TOO_LARGE,
            f"{host} sends more than {size}, which is more than this program "
            f"takes from a server.{advice}",
        )
    if response.length:  # `read` with a limit does not mind when bytes are missing
        raise _cut_short(host)
    return data


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to `_follow`, which looks at each address before it is asked."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        return None


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Speaks HTTP and HTTPS and nothing else; a server on this machine is asked without proxy."""
    opener = urllib.request.OpenerDirector()
    local = urlsplit(url).hostname in _LOOPBACK
    for handler in (
        urllib.request.ProxyHandler({} if local else None),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _NoRedirect(),
    ):
        opener.add_handler(handler)
    return opener


def _refusal(host: str, url: str, status: int, retry_after: str | None) -> FetchError:
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return FetchError(Why.NOT_FOUND, f"{host} has nothing at {url} ({status}).")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        when = "alone for a while" if retry_after is None else _wait(retry_after)
        return FetchError(
            Why.RATE_LIMITED, f"{host} has been asked too often and wants to be left {when} (429)."
        )
    try:
        phrase = f" ({HTTPStatus(status).phrase})"
    except ValueError:
        phrase = ""
    return FetchError(
        Why.STATUS, f"{host} answered with status {status}{phrase} instead of a document."
    )


def _wait(retry_after: str) -> str:
    """`Retry-After` in words: seconds or a date (RFC 9110 section 10.2.3)."""
    value = retry_after.strip()
    if value.isascii() and value.isdigit():
        return "alone for 1 second" if int(value[:9]) == 1 else f"alone for {value[:9]} seconds"
    return f"alone until {value[:40]}"


def _no_answer(url: str, timeout: float, reason: object) -> FetchError:
    host = _host(url)
    if isinstance(reason, TimeoutError):
        return _too_slow(url, timeout)
    if isinstance(reason, ssl.SSLCertVerificationError):
        problem = reason.verify_message or "bad certificate"
        return FetchError(Why.TLS, f"{host} could not prove that it is {host}: {problem}.")
    if isinstance(reason, ssl.SSLError):
        return FetchError(Why.TLS, f"No secure connection to {host} could be made.")
    if isinstance(reason, socket.gaierror):
        return FetchError(
            Why.DNS, f"The name {host} could not be looked up: no network, or no such server."
        )
    if isinstance(reason, ConnectionRefusedError):
        return FetchError(Why.UNREACHABLE, f"{host} does not accept connections.")
    if isinstance(reason, ConnectionError):
        return FetchError(Why.BROKEN, f"{host} broke off the connection.")
    return FetchError(Why.UNREACHABLE, f"{host} could not be reached.")


def _too_slow(url: str, timeout: float) -> FetchError:
    return FetchError(Why.SLOW, f"{_host(url)} did not answer in full within {timeout:g} seconds.")


def _cut_short(host: str) -> FetchError:
    return FetchError(
        Why.BROKEN, f"{host} closed the connection before the whole document had arrived."
    )


def _bad_address(url: str) -> FetchError:
    return FetchError(Why.ADDRESS, f"{url} is not an address that can be asked.")


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc or url
    except ValueError:
        return url
