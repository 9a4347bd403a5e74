"""The names of `pithcore`: all are there, and those of other uses cost a verification nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pithcore
from pithcore import copies, making


@pytest.mark.parametrize("name", pithcore.__all__)
def test_every_name_is_there_and_listed(name):
    assert getattr(pithcore, name) is not None
    assert name in dir(pithcore)


def test_names_of_other_uses_are_those_of_their_modules():
    assert pithcore.compare_copies is copies.compare_copies
    assert pithcore.number_of is making.number_of


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(AttributeError, match="module 'pithcore' has no attribute 'nothing'"):
        _ = pithcore.nothing


def test_what_verify_does_not_need_is_not_imported():
    program = (
        "import sys, pithcore\n"
        "late = {'pithcore.' + name for name in 'badge copies making page pdf'.split()}\n"
        "assert not late & set(sys.modules), late & set(sys.modules)\n"
        "from pithcore import *\n"
        "assert make_record and compare_copies and verify\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
