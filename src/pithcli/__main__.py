"""Entry point of `pith` and of `python -m pithcli`."""

from __future__ import annotations

import gc

gc.disable()  # what is imported stays: it is frozen below, and never looked through

import os
import sys

from pithcli import commands, say
from pithcli.arguments import Parser, Run
from pithcli.exits import Exit
from pithcli.problem import Problem
from pithcore import __version__
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn, TextIO

gc.freeze()
gc.enable()

_ABOUT = """\
Verify Pith records without trusting the server that sent them.

`pith COMMAND --help` says more about each command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `pith` with the arguments after its name, and return the exit code.

    Whatever happens, the user reads a sentence and never a traceback. (PITH_DEBUG=1 shows it.)
    """
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_encode(stream)
    try:
        code = _run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
        return int(code)
    except BrokenPipeError:
        _discard_output()
        return int(Exit.CLOSED)
    except OSError as error:  # every failure to read has been a `Problem`; this is a full disk
        say.problem(Problem(f"The output could not be written: {error.strerror}."))
        _discard_output()
        return int(Exit.UNCHECKED)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)


def _run(argv: Sequence[str] | None) -> int:
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        arguments = _parser(words).parse_args(words)
        run: Run = arguments.run
        return run(arguments)
    except SystemExit as leaving:  # argparse: --help, --version, a wrong command line
        return leaving.code if isinstance(leaving.code, int) else int(Exit.VERIFIED)
    except Problem as problem:
        say.problem(problem)
        return problem.exit
    except OSError:
        raise
    except Exception as error:
        if os.environ.get("PITH_DEBUG"):
            raise
        say.problem(
            Problem(
                f"Something went wrong inside pith: {type(error).__name__}: {error}",
                hint="Please report it, with the output of PITH_DEBUG=1 pith …",
            )
        )
        return Exit.UNCHECKED


def _parser(words: Sequence[str]) -> Parser:
    """With the command that is named, or with all of them where none is."""
    parser = Parser(prog="pith", description=_ABOUT)
    parser.add_argument("--version", action="version", version=f"pith {__version__}")
    subparsers = parser.add_subparsers(
        prog="pith", metavar="COMMAND", required=True, title="commands"
    )
    known = words[:1] if words and words[0] in commands.COMMANDS else commands.COMMANDS
    for name in known:
        commands.add(name, subparsers)
    return parser


def _never_fail_to_encode(stream: TextIO | None) -> None:
    """A terminal that cannot show a character gets its code instead of an error."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Nobody reads standard output any more; what is still buffered must go somewhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """`main` as a program, which ends at once: the system takes back what a slow end would."""
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # nobody reads it, or it is closed: `main` has seen to that
            pass
    os._exit(code)


if __name__ == "__main__":
    run()
