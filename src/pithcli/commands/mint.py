"""`pith mint`: record, digest and number of any paper from its metadata."""

from __future__ import annotations

import argparse
import sys

from pithcli import say
from pithcli.exits import Exit, worst
from pithcli.inputs import STDIN, is_file, load_file
from pithcli.output import json_line
from pithcli.paper import ARXIV, Minted, filled, mint, utc_second, version_of
from pithcli.paperjson import read_json_papers
from pithcli.paperxml import read_xml_papers
from pithcli.problem import Problem, usage
from pithcli.safe import printable
from pithcore import (
    ArxivId,
    PithError,
    canonical_bytes,
    canonical_digest,
    number_of,
    parse_query,
)
from pithcore.record import member, text_member
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.arguments import Subparsers
    from pithcli.inputs import Source
    from pithcli.paper import Paper
    from pithcore.reading import JSON

_ABOUT = """\
Compute the canonical record, digest and Pith Number of a paper from its
metadata. Anybody can; nothing is fetched and nothing is signed.

FILE (or - for standard input) holds the metadata of one paper or more:
  arXiv's XML   Atom of its API, or arXivRaw of OAI-PMH (which has TeX and
                licence as records have them; Atom has no licence)
  JSON          {"id": "1906.08168", "version": 1, "title": "…",
                "abstract": "…", "submitted_at": "2019-06-11T10:18:15Z",
                "categories": ["cs.DC", "cs.LG"], "license": "http://…"},
                a list or lines of these, or of arXiv's metadata snapshot
The first category is the primary one; submitted_at is that of version 1."""

_MORE = """\
examples:
  pith mint --license http://creativecommons.org/licenses/by/4.0/ atom.xml
  pith mint --record arxivraw.xml > record.json
  pith mint --json papers.jsonl | jq -r .pith_number
  pith mint --record paper.json | pith sign --key lab-2026=lab.pem -"""


_OAI = (
    "https://oaipmh.arxiv.org/oai?verb=GetRecord&metadataPrefix=arXivRaw&identifier=oai:arXiv.org:"
)


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "mint", help="record and number from a paper's metadata", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="see above")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="record, digest and number, one a line")
    how.add_argument("--record", action="store_true", help="the canonical record alone, one a line")
    what = parser.add_argument_group("what the metadata does not say")
    what.add_argument("--license", metavar="URL", help="the licence's address; '' for none")
    what.add_argument("--version", metavar="N", type=_version, help="the paper's version")
    what.add_argument(
        "--submitted-at", metavar="TIME", type=_time, help="when version 1 was submitted, in UTC"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print each paper's record and number; one that lacks something is told and passed over."""
    if arguments.inputs.count(STDIN) > 1:
        raise usage("Standard input can be read only once.")
    codes = [Exit.VERIFIED]
    printed = 0
    for argument in arguments.inputs:
        try:
            papers = read_papers(_load(argument))
        except Problem as problem:
            say.problem(problem)
            codes.append(problem.exit)
            continue
        for paper in papers:
            try:
                minted = mint(
                    filled(
                        paper,
                        version=arguments.version,
                        submitted_at=arguments.submitted_at,
                        license=arguments.license,
                    )
                )
            except Problem as problem:
                say.problem(problem)
                codes.append(problem.exit)
                continue
            for note in minted.notes:
                say.note(note)
            _print(minted, arguments, first=not printed)
            printed += 1
    return worst(codes)


def _load(argument: str) -> Source:
    """A file's bytes. Whoever gives an arXiv id is told where the metadata is to be had."""
    if not is_file(argument):
        try:
            asked = parse_query(argument)
        except PithError:
            asked = None
        if isinstance(asked, ArxivId):
            raise Problem(
                f"pith mint fetches nothing, and there is no file {argument}.",
                hint=f"curl -o raw.xml '{_OAI}{asked.id}'",
            )
    return load_file(argument)


def read_papers(source: Source) -> list[Paper]:
    """Every paper of a file, in its order. Raises `Problem` for what is no metadata."""
    start = source.data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        raise Problem(f"{source.name}: The input is empty.")
    return read_xml_papers(source) if start == b"<" else read_json_papers(source)


def _print(minted: Minted, arguments: argparse.Namespace, *, first: bool) -> None:
    if arguments.record:
        if sys.stdout is not None:  # bytes, since they must not depend on the terminal
            sys.stdout.buffer.write(canonical_bytes(minted.record) + b"\n")
    elif arguments.json:
        print(json_line(_document(minted.record)), end="")
    else:
        if not first:
            print()
        for name, value in _facts(minted).items():
            print(f"{name + ':':<13}{printable(value)}")


def _document(record: dict[str, JSON]) -> dict[str, JSON]:
    """What `pith verify` reads: the record with the digest and number it has."""
    number = number_of(record)
    return {
        "canonical_record": record,
        "canonical_sha256": canonical_digest(record).hex(),
        "pith_number": str(number),
        "short_pith_number": number.short,
    }


def _facts(minted: Minted) -> dict[str, str]:
    record, paper = minted.record, minted.paper
    source = "arXiv" if paper.kind == ARXIV else paper.kind
    cross = member(record, "metadata", "cross_cats_sorted")
    categories = [paper.primary_cat or "", *map(str, cross if isinstance(cross, list) else [])]
    return {
        "Pith Number": str(number_of(record)),
        "Digest": canonical_digest(record).hex(),
        "Paper": f"{source} {paper.id}v{paper.version}",
        "Title": " ".join((paper.title or "").split()),
        "Submitted": text_member(record, "metadata", "submitted_at") or "",
        "Categories": ", ".join(categories),
        "Licence": paper.license or "none named",
    }


def _version(text: str) -> int:
    version = version_of(text)
    if version is None:
        raise argparse.ArgumentTypeError(f"{text} is no version; it looks like 1")
    return version


def _time(text: str) -> str:
    moment = utc_second(text)
    if moment is None:
        raise argparse.ArgumentTypeError(f"{text} is no time; it looks like 2019-06-11T10:18:15Z")
    return moment
