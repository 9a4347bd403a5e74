"""A badge for a Pith Number: a neutral link to where it can be verified, never a verdict.

Whoever embeds a badge controls what it shows, so it says “verify” and nothing more.
"""

from __future__ import annotations

import json
from html import escape

from pithcli.fetch import is_base
from pithcli.problem import usage
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pithcore import PithNumber

GROUND, INK = "#3d4248", "#ffffff"
"""Grey, for no outcome has that colour; white on it has a contrast of 10:1 (WCAG asks for 4.5)."""

HEIGHT, SIZE, LETTER, MARGIN = 20, 11, 6.3, 8
"""In pixels: of the badge, of its letters, the width of a letter, and left and right of them."""


def permalink(verifier: str, number: PithNumber) -> str:
    """The address at which a verifier's page checks the number. Raises a usage `Problem`."""
    if not is_base(verifier):
        raise usage(
            f"--verifier {verifier} is not the address of a page.",
            hint="It looks like https://verifier.example.org/.",
        )
    return f"{verifier.rstrip('/')}/#{number}"


def words(number: PithNumber) -> str:
    """What stands on the badge."""
    return f"Pith {number.suffix[:8]} · verify"


def _marked_up(number: PithNumber) -> str:
    """The words in ASCII, for markup: the output may pass through any terminal."""
    return words(number).replace("·", "&#183;")


def svg(number: PithNumber, link: str) -> str:
    """The badge as an image with a title, and a link where images may have links."""
    text = words(number)
    inner = round(len(text) * LETTER)
    width = inner + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" '
        f'viewBox="0 0 {width} {HEIGHT}" role="img" aria-labelledby="title">\n'
        f'<title id="title">Verify the Pith Number {number}</title>\n'
        f'<a href="{escape(link)}">\n'
        f'<rect width="{width}" height="{HEIGHT}" rx="3" fill="{GROUND}"/>\n'
        f'<text x="{MARGIN}" y="14" textLength="{inner}" fill="{INK}" font-size="{SIZE}" '
        f'font-family="Verdana, DejaVu Sans, sans-serif">{_marked_up(number)}</text>\n'
        "</a>\n</svg>\n"
    )


def markdown(number: PithNumber, link: str) -> str:
    """A line for a README, with the image beside it."""
    return f"[![{_marked_up(number)}]({file_name(number)})]({link})\n"


def html(number: PithNumber, link: str) -> str:
    """A line for a page, with the image beside it."""
    image = f'<img src="{file_name(number)}" alt="{_marked_up(number)}" height="{HEIGHT}">'
    return f'<a href="{escape(link)}">{image}</a>\n'


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


FORMATS: dict[str, Callable[[PithNumber, str], str]] = {
    "svg": svg,
    "markdown": markdown,
    "html": html,
    "latex": latex,
    "endpoint": endpoint,
}
