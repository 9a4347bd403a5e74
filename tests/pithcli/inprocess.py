"""The command in this process: much quicker than one of its own, where nothing hangs on that."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from cli_helpers import Pith, Run

from pithcli.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def in_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], directory: Path
) -> Pith:
    """As the fixture `pith`, with the same arguments and the same answer."""
    monkeypatch.chdir(directory)

    def run(*arguments: object, stdin: bytes = b"", **more: str) -> Run:
        with monkeypatch.context() as changed:
            changed.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in more.items():
                changed.setenv(name, value)
            capsys.readouterr()
            code = main([*map(str, arguments)])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Run(code, captured.out, captured.err)

    return run
