"""`pith verify`: check that a record is what it says it is."""

from __future__ import annotations

import argparse
import json
import os
import sys

import pithcore
from pithcli import lines, say
from pithcli.arguments import seconds
from pithcli.exits import OF_VERDICT, Exit, worst
from pithcli.inputs import (
    DEFAULT_TIMEOUT,
    STDIN,
    Network,
    Source,
    is_pdf,
    is_regular_file,
    load,
    load_file,
    names_a_record,
)
from pithcli.keys import keyring_with
from pithcli.material import Material, material_of
from pithcli.material import add_options as add_material
from pithcli.opinion import second_opinion
from pithcli.problem import Problem, usage
from pithcli.safe import printable
from pithcli.show import report_lines
from pithcore import ArxivId, Keyring, PithError, PithNumber, QueryError, Report, parse_query
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pithcli.arguments import Subparsers
    from pithcore import PaperTexts, Resolver
    from pithcore.pdf import Pdf

PROBLEM_SCHEMA = "pithcli.problem/1"
"""Name of the JSON line that stands where there is no report."""

_ABOUT = """\
Check a Pith record: that it is unchanged, that its number is its own, and
that a known key signed it. Nothing a server says is believed unchecked.

INPUT is
  a file      a record's JSON, a bundle, a saved or copied record page, or a
              paper's PDF, whose own number is then looked up
  -           the same, from standard input
  a number    pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I, short forms too
  an arXiv id 1906.08168, arXiv:hep-lat/0305021v1
  an address  https://pith.science/pith/DBZZ4GA3QYTEJZ5TKUNHWEKF3I
A file of that name wins over a number. pith:… and arxiv:… are never files;
./NAME always is one."""

_MORE = """\
examples:
  pith verify record.json
  curl -s https://pith.science/pith/NUMBER/bundle.json | pith verify -
  pith verify paper.pdf
  pith verify --expect pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I bundle.json
  pith verify --key lab-2026=key.pem --quiet *.json && echo all verified
  pith verify --json a.json b.json | jq -r .verdict

exit codes:
  0  verified
  1  failed: not what it claims to be
  2  the command line is wrong
  3  intact, signer not established
  4  could not be checked (also: not readable, not to be fetched)
With several inputs the worst counts, in the order 1, 4, 3, 0."""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("verify", help="check records", description=_ABOUT, epilog=_MORE)
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="see above")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--verbose", "-v", action="store_true", help="every check with its evidence")
    how.add_argument("--json", action="store_true", help="one report a line, as JSON")
    how.add_argument("--json-ld", action="store_true", help="one report a line, as JSON-LD")
    how.add_argument("--quiet", "-q", action="store_true", help="no output; the exit code says it")
    what = parser.add_argument_group("what to hold it against")
    what.add_argument("--expect", metavar="NUMBER", help="the number (or arXiv id) it must have")
    what.add_argument("--title", metavar="TEXT", help="the paper's title")
    what.add_argument("--abstract", metavar="FILE|TEXT", help="the paper's abstract")
    what.add_argument(
        "--arxiv-abs", metavar="FILE", help="both, from a saved abstract page of arXiv"
    )
    what.add_argument("--pdf", metavar="FILE", help="the paper's PDF: its number and arXiv stamp")
    what.add_argument(
        "--key",
        metavar="ID=KEY",
        action="append",
        default=[],
        help="also trust this public key (hex, base64 or PEM file); may be repeated",
    )
    network = parser.add_argument_group("network")
    network.add_argument(
        "--resolver",
        metavar="URL",
        action="append",
        default=[],
        help="server asked for numbers instead of the usual one; may be repeated",
    )
    network.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_TIMEOUT,
        help="for each address (%(default)g)",
    )
    network.add_argument("--offline", action="store_true", help="never use the network")
    add_material(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Verify every input, print each as it ends, and return the worst outcome."""
    expect = _expected(arguments.expect, arguments.inputs)
    keyring = keyring_with(arguments.key)
    network = Network(
        _resolvers(arguments.resolver),
        arguments.timeout,
        arguments.offline,
        say.note if arguments.verbose else _no_note,
    )
    if arguments.inputs.count(STDIN) > 1:
        raise usage("Standard input can be read only once.")
    texts = _texts(arguments)
    material = material_of(arguments)
    codes: list[Exit] = []
    for index, argument in enumerate(arguments.inputs):
        if index and not _is_for_machines(arguments):
            print()
        try:
            source, paper = _record_at(argument, network, texts)
            report = _verify(source, expect, texts._replace(paper=paper), keyring, material)
        except Problem as problem:
            _show_problem(problem, argument, arguments)
            codes.append(problem.exit)
        else:
            _show_report(report, arguments)
            codes.append(OF_VERDICT[report.verdict])
    if len(codes) > 1 and not _is_for_machines(arguments):
        print(f"\n{_summary(codes)}")
    return worst(codes)


def _is_for_machines(arguments: argparse.Namespace) -> bool:
    return bool(arguments.json or arguments.json_ld or arguments.quiet)


def _resolvers(addresses: list[str]) -> Sequence[Resolver]:
    if not addresses:
        return pithcore.RESOLVERS
    from pithcli.lookup import resolver_at  # with it comes all of the network's modules

    return tuple(map(resolver_at, addresses))


class _Texts(NamedTuple):
    """What the reader gives to compare with the record's hashes."""

    title: str | None
    abstract: str | None
    paper: _Paper | None = None


class _Paper(NamedTuple):
    """A PDF's bytes, and what was found in them."""

    data: bytes
    pdf: Pdf


def _record_at(argument: str, network: Network, texts: _Texts) -> tuple[Source, _Paper | None]:
    """The bytes of a record, and the PDF to hold them against: the argument may be one itself."""
    source = load(argument, network)
    if not is_pdf(source.data):
        return source, texts.paper
    if texts.paper is not None:
        raise Problem(f"{source.name} is a PDF too, and --pdf goes with a record.")
    from pithcli.pdf import open_pdf, record_of

    pdf = open_pdf(source)
    return record_of(pdf, source.name, network), _Paper(source.data, pdf)


def _texts(arguments: argparse.Namespace) -> _Texts:
    title, abstract = arguments.title, arguments.abstract
    if arguments.arxiv_abs is not None:
        if not title is abstract is None:
            raise usage("--arxiv-abs brings title and abstract, so --title and --abstract do not.")
        title, abstract = _abstract_page(arguments.arxiv_abs)
    elif abstract is not None:
        abstract = _abstract(abstract)
    return _Texts(title, abstract, None if arguments.pdf is None else _pdf(arguments.pdf))


def _abstract_page(name: str) -> PaperTexts:
    try:
        return pithcore.read_abstract_page(load_file(name).data.decode("utf-8"))
    except UnicodeDecodeError:
        raise usage(f"--arxiv-abs: {name} is not UTF-8 text.") from None
    except PithError as error:
        raise usage(f"--arxiv-abs: {name}: {error}") from None
    except Problem as problem:
        raise usage(f"--arxiv-abs: {problem.error}") from None


def _pdf(name: str) -> _Paper:
    from pithcli.pdf import open_pdf

    try:
        source = load_file(name)
        return _Paper(source.data, open_pdf(source))
    except Problem as problem:
        raise usage(f"--pdf: {problem.error}") from None


def _verify(
    source: Source,
    expect: PithNumber | ArxivId | None,
    texts: _Texts,
    keyring: Keyring,
    material: Material,
) -> Report:
    paper = texts.paper
    try:
        return pithcore.verify(
            source.data,
            source=source.name,
            expect=source.asked or expect,
            keyring=keyring,
            title=texts.title,
            abstract=texts.abstract,
            pdf=None if paper is None else paper.pdf,
            material=material.of(source.data, keyring, None if paper is None else paper.data),
            second_opinion=second_opinion(),
        )
    except PithError as error:
        raise Problem(f"{source.name}: {error}") from None


def _show_report(report: Report, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(report.to_dict()))
    elif arguments.json_ld:
        print(json.dumps(pithcore.report_to_json_ld(report)))
    elif not arguments.quiet:
        lines.write(
            report_lines(
                report,
                width=lines.width_for(sys.stdout),
                verbose=arguments.verbose,
                encoding=getattr(sys.stdout, "encoding", None) or "ascii",
            ),
            sys.stdout,
        )


def _show_problem(problem: Problem, argument: str, arguments: argparse.Namespace) -> None:
    shown = os.fsencode(argument).decode("utf-8", "backslashreplace")
    if arguments.json_ld:
        from pithcore.jsonld import problem_to_json_ld

        print(json.dumps(problem_to_json_ld(shown, problem.error, problem.hint)))
    elif arguments.json:
        line = {
            "schema": PROBLEM_SCHEMA,
            "tool": {"name": "pithcore", "version": pithcore.__version__},
            "argument": shown,
            "error": problem.error,
            "hint": problem.hint,
        }
        print(json.dumps(line))
    elif not arguments.quiet:
        print(f"Could not be checked\nInput:       {printable(argument)}", flush=True)
    say.problem(problem)


def _summary(codes: list[Exit]) -> str:
    words = {
        Exit.VERIFIED: "verified",
        Exit.FAILED: "failed",
        Exit.INTACT: "intact with no signer established",
        Exit.UNCHECKED: "not checked",
    }
    counted = [f"{codes.count(code)} {word}" for code, word in words.items() if code in codes]
    return f"{len(codes)} inputs: {', '.join(counted)}."


def _expected(text: str | None, inputs: list[str]) -> PithNumber | ArxivId | None:
    if text is None:
        return None
    for argument in inputs:
        if names_a_record(argument):
            raise usage(
                f"{argument} already says which record is wanted, so --expect has no place.",
                hint="--expect is for files, standard input and addresses without a number.",
            )
    try:
        return parse_query(text)
    except QueryError as error:
        raise usage(f"--expect: {error}") from None


def _abstract(text: str) -> str:
    """The text itself, or that of a file. One word is no abstract, so it must be a file's name."""
    if len(text.split()) > 1 and not is_regular_file(text):
        return text
    try:
        return load_file(text).data.decode("utf-8")
    except UnicodeDecodeError:
        raise usage(f"--abstract: {text} is not UTF-8 text.") from None
    except Problem as problem:
        raise usage(f"--abstract: {problem.error}") from None


def _no_note(text: str) -> None:
    """Detours are told only with --verbose."""
