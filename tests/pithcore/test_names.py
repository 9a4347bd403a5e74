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


def run(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_package_itself_imports_next_to_nothing():
    run(
        "import sys, pithcore\n"
        "found = {name for name in sys.modules if name.startswith('pithcore.')}\n"
        "assert found == {'pithcore._version', 'pithcore.typed'}, found\n"
    )


def test_a_signature_needs_ed25519_alone():
    run(
        "import sys, pithcore\n"
        "assert not pithcore.ed25519.verify(bytes(32), b'', bytes(64))\n"
        "found = {name for name in sys.modules if name.startswith('pithcore.')}\n"
        "rest = {one for one in found if not one.startswith('pithcore.ed25519')}\n"
        "assert rest == {'pithcore._version', 'pithcore.typed'}, rest\n"
        "late = {'pithcore.ed25519.comb', 'pithcore.ed25519.signing'}\n"
        "assert not late & found, late & found\n"
    )


def test_what_verify_does_not_need_is_not_imported():
    run(
        "import sys, pithcore\n"
        "assert pithcore.verify\n"
        "late = 'badge copies making merging page pdf completeness timestamp orcid'.split()\n"
        "late = {'pithcore.' + name for name in late}\n"
        "assert not late & set(sys.modules), late & set(sys.modules)\n"
        "from pithcore import *\n"
        "assert make_record and compare_copies and verify\n"
    )
