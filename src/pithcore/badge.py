"""A badge for a Pith Number: a neutral link to where it can be verified, never a verdict.

Whoever embeds a badge controls what it shows, so it says “verify” and nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from pithcore.errors import BadgeError
from pithcore.number import PithNumber
from pithcore.patterns import Pattern
from pithcore.typed import NamedTuple

GROUND, INK = "#3d4248", "#ffffff"
"""Grey, for no outcome has that colour; white on it has a contrast of 10:1 (WCAG asks for 4.5)."""

HEIGHT, SIZE, LETTER, MARGIN = 20, 11, 6.3, 8
"""In pixels: of the badge, of its letters, the width of a letter, and left and right of them."""

ELEMENT_SCRIPT = "pith-badge.js"
"""The script of the element `<pith-badge>`, beside a verifier's page."""

MAX_PORT = 65535

_ADDRESS = Pattern(
    r"(?:(?i:https)://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])"
    r"|(?i:http)://(?:(?i:localhost)|127\.0\.0\.1|\[::1\]))"
    r"(?::([1-9][0-9]{0,4}))?"
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
)
"""https, or http on this machine, with a port and a path at most (RFC 3986). Its characters are
ASCII and none of them ends an attribute, an argument of TeX, or a line."""


class Element(NamedTuple):
    """A part of a drawing: an element of SVG, its attributes, and what is in it."""

    name: str
    attributes: dict[str, str]
    children: tuple[Element | str, ...] = ()


def make_badge(number: PithNumber, verifier: str, form: str = "svg") -> str:
    """The badge in one of the `FORMATS`, as ASCII text that ends with a line end.

    Args:
        number: all 26 characters of it.
        verifier: the address of a verifier's page, such as `https://verifier.example.org/`.
        form: a name in `FORMATS`.

    Raises:
        BadgeError: for a short form of a number, and for any other kind of address.
        KeyError: for a format that is not there.
    """
    return FORMATS[form](number, permalink(verifier, number))


def permalink(verifier: str, number: PithNumber) -> str:
    """The address at which a verifier's page checks the number. Raises `BadgeError`."""
    if not number.is_full:
        raise BadgeError(f"{number} is a short form, and other records may share it.")
    match = _ADDRESS.fullmatch(verifier)
    if match is None or int(match.group(1) or 1) > MAX_PORT:
        raise BadgeError(
            f"{verifier!r} is not the address of a verifier's page; one looks like "
            "https://verifier.example.org/, in ASCII and with nothing behind its path."
        )
    return f"{verifier.rstrip('/')}/#{number}"


def words(number: PithNumber) -> str:
    """What stands on the badge."""
    return f"Pith {number.suffix[:8]} · verify"


def drawing(number: PithNumber, link: str | None = None) -> Element:
    """The badge as elements of SVG: a title, and the words on their ground, linked or not."""
    text = words(number)
    inner = round(len(text) * LETTER)
    width = str(inner + 2 * MARGIN)
    title = f"pith-{number.suffix[:8]}"  # several badges may stand in one page
    size = {"width": width, "height": str(HEIGHT)}
    lettering = {
        "x": str(MARGIN),
        "y": "14",
        "textLength": str(inner),
        "fill": INK,
        "font-size": str(SIZE),
        "font-family": "Verdana, DejaVu Sans, sans-serif",
    }
    shown = (
        Element("rect", {**size, "rx": "3", "fill": GROUND}),
        Element("text", lettering, (text,)),
    )
    return Element(
        "svg",
        {**size, "viewBox": f"0 0 {width} {HEIGHT}", "role": "img", "aria-labelledby": title},
        (
            Element("title", {"id": title}, (f"Verify the Pith Number {number}",)),
            *(shown if link is None else (Element("a", {"href": link}, shown),)),
        ),
    )


def svg(number: PithNumber, link: str) -> str:
    """The badge as an image with a title, and a link where images may have links."""
    image = drawing(number, link)
    named = {"xmlns": "http://www.w3.org/2000/svg", **image.attributes}
    return f"{_markup(image._replace(attributes=named))}\n"


def markdown(number: PithNumber, link: str) -> str:
    """A line for a README, with the image beside it."""
    target = link.replace("(", "%28").replace(")", "%29")
    return f"[![{_markup(words(number))}]({file_name(number)})]({target})\n"


def html(number: PithNumber, link: str) -> str:
    """A line for a page, with the image beside it."""
    alt = _markup(words(number))
    image = f'<img src="{file_name(number)}" alt="{alt}" height="{HEIGHT}">'
    return f'<a href="{escape(link)}">{image}</a>\n'


def element(number: PithNumber, link: str) -> str:
    """Two lines for a page: the script, and the element, with a link where no script runs."""
    script = f"{link.partition('#')[0]}{ELEMENT_SCRIPT}"
    inside = f'<a href="{escape(link)}">{_markup(words(number))}</a>'
    return (
        f'<script type="module" src="{escape(script)}"></script>\n'
        f'<pith-badge number="{number}">{inside}</pith-badge>\n'
    )


def latex(number: PithNumber, _link: str = "") -> str:
    """The two lines for a paper, with pith.sty beside it."""
    return f"\\usepackage{{pith}}\n\\pithnumber{{{number.suffix}}}\n"


def endpoint(number: PithNumber, _link: str) -> str:
    """What shields.io reads from an address of yours."""
    message = words(number).removeprefix("Pith ")
    badge = {"schemaVersion": 1, "label": "Pith", "message": message, "color": GROUND[1:]}
    return json.dumps(badge) + "\n"


def file_name(number: PithNumber) -> str:
    """Where the snippets expect the image."""
    return f"pith-{number.suffix[:8]}.svg"


def _markup(node: Element | str) -> str:
    """In ASCII: the output may pass through any terminal."""
    if isinstance(node, str):
        return escape(node, quote=False).encode("ascii", "xmlcharrefreplace").decode("ascii")
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    inside = "".join(map(_markup, node.children))
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


FORMATS: dict[str, Callable[[PithNumber, str], str]] = {
    "svg": svg,
    "markdown": markdown,
    "html": html,
    "element": element,
    "latex": latex,
    "endpoint": endpoint,
}
