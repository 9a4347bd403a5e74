"""Badges: neutral words, sound markup, and no address that could break out of it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from pithcore import BadgeError, PithNumber, make_badge
from pithcore.badge import ELEMENT_SCRIPT, FORMATS, Element, drawing, permalink

NUMBER = PithNumber.parse("pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I")
VERIFIER = "https://verifier.example.org/page/"
LINK = f"{VERIFIER}#{NUMBER}"
WORDS = "Pith DBZZ4GA3 · verify"
AWKWARD = "https://verifier.example.org/it's(a)&b;c/"


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_ascii_ends_a_line_and_gives_no_verdict(form):
    made = make_badge(NUMBER, VERIFIER, form)
    assert made.isascii()
    assert made.endswith("\n")
    assert not re.search("verified|valid|passed", made.lower())


def test_the_image_is_what_is_wanted_when_nothing_is_said():
    assert make_badge(NUMBER, VERIFIER) == make_badge(NUMBER, VERIFIER, "svg")


def test_the_image_and_the_drawing_are_the_same():
    """The page shows the drawing; what is saved is the image, which is linked."""

    def tree(node):
        if isinstance(node, str):
            return node
        return (node.name, node.attributes, [tree(child) for child in node.children])

    def read(element):
        inside = [element.text] if element.text else [read(child) for child in element]
        return (element.tag.removeprefix("{http://www.w3.org/2000/svg}"), element.attrib, inside)

    image = make_badge(NUMBER, VERIFIER)
    assert read(ET.fromstring(image)) == tree(drawing(NUMBER, LINK))
    name, attributes, (title, link) = tree(drawing(NUMBER, LINK))
    assert tree(drawing(NUMBER)) == (name, attributes, [title, *link[2]])
    assert link[:2] == ("a", {"href": LINK})


def test_the_words_fit_their_ground():
    """The text is as long as it says, and ends as far from the edge as it begins."""
    image = drawing(NUMBER)
    text = image.children[-1]
    assert isinstance(text, Element)
    left, length = (float(text.attributes[name]) for name in ("x", "textLength"))
    assert text.children == (WORDS,)
    assert left + length == float(image.attributes["width"]) - left


class Links(HTMLParser):
    """The targets, scripts, elements and words of some HTML."""

    def __init__(self, text):
        super().__init__()
        self.found, self.words = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def test_the_line_for_a_page():
    """An awkward address stays one attribute."""
    (a, image) = Links(make_badge(NUMBER, AWKWARD, "html")).found
    assert a == ("a", {"href": f"{AWKWARD}#{NUMBER}"})
    assert image == ("img", {"src": "pith-DBZZ4GA3.svg", "alt": WORDS, "height": "20"})


def test_the_element_for_a_page():
    """The script beside the verifier's page, and a link where it does not run."""
    read = Links(make_badge(NUMBER, VERIFIER.rstrip("/"), "element"))
    script, badge, a = read.found
    assert script == ("script", {"type": "module", "src": f"{VERIFIER}{ELEMENT_SCRIPT}"})
    assert badge == ("pith-badge", {"number": str(NUMBER)})
    assert a == ("a", {"href": LINK})
    assert read.words.strip() == WORDS


def test_the_line_for_a_readme():
    """Brackets in an address do not end the link."""
    made = make_badge(NUMBER, AWKWARD, "markdown")
    match = re.fullmatch(r"\[!\[([^\]]*)\]\(([^()]*)\)\]\(([^()\s]*)\)\n", made)
    assert match is not None
    assert match.group(2) == "pith-DBZZ4GA3.svg"
    assert match.group(3) == f"{AWKWARD}#{NUMBER}".replace("(", "%28").replace(")", "%29")


def test_the_endpoint_is_what_shields_reads():
    badge = json.loads(make_badge(NUMBER, VERIFIER, "endpoint"))
    assert (badge["schemaVersion"], badge["label"]) == (1, "Pith")
    assert re.fullmatch("[0-9a-f]{6}", badge["color"])


@pytest.mark.parametrize(
    "verifier",
    [
        "https://verifier.example.org",
        "HTTPS://verifier.example.org:443/a/b/",
        "https://[2001:db8::1]:8443/",
        "http://localhost:8000/",
        "http://127.0.0.1/x",
        "http://[::1]:65535/",
    ],
)
def test_addresses_that_are_taken(verifier):
    link = permalink(verifier, NUMBER)
    assert link.startswith(verifier)
    assert link.endswith(f"/#{NUMBER}")
    assert "//#" not in link


@pytest.mark.parametrize(
    "verifier",
    [
        "",
        "verifier.example.org",
        "javascript:alert(1)",
        "ftp://verifier.example.org/",
        "http://verifier.example.org/",
        "https://",
        "https://[",
        "https://user@verifier.example.org/",
        "https://verifier.example.org/?a=1",
        "https://verifier.example.org/#x",
        "https://verifier.example.org/ ",
        "https://verifier.example.org/\n",
        'https://verifier.example.org/"onclick="x',
        "https://verifier.example.org/<script>",
        "https://verifier.example.org/{x}",
        "https://verifier.example.org/\\x",
        "https://vérifier.example.org/",
        "https://verifier.example.org:0/",
        "https://verifier.example.org:65536/",
        "https://verifier.example.org:x/",
    ],
)
def test_other_addresses_are_refused(verifier):
    """Nothing that is no page, that a reader's name or a script could hide in, or that breaks."""
    with pytest.raises(BadgeError, match="is not the address of a verifier's page"):
        make_badge(NUMBER, verifier)


def test_a_short_form_has_no_badge():
    with pytest.raises(BadgeError, match="pith:DBZZ4GA3 is a short form"):
        make_badge(PithNumber("DBZZ4GA3"), VERIFIER)


def test_a_format_that_is_not_there():
    with pytest.raises(KeyError):
        make_badge(NUMBER, VERIFIER, "gif")
