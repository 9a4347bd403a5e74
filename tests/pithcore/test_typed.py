"""`pithcore.typed` stands in for `typing`: the same tuples, without the import."""

from __future__ import annotations

import subprocess
import sys
import typing

import pytest

from pithcore import typed


def bodies(base: type) -> type:
    """A class of every kind of member that the code has, on that base."""

    class Point(base):
        """Has a documentation."""

        x: int
        y: str = "two"

        @property
        def double(self) -> int:
            return 2 * self.x

        @classmethod
        def of(cls, x: int) -> Point:
            return cls(x)

        def moved(self, by: int) -> Point:
            return self._replace(x=self.x + by)

    return Point


@pytest.fixture(params=[typed.NamedTuple, typing.NamedTuple], ids=["ours", "typing"])
def point(request: pytest.FixtureRequest) -> type:
    return bodies(request.param)


def test_it_is_a_tuple_with_names_as_that_of_typing(point: type) -> None:
    one = point(3)
    assert one == (3, "two") == point(x=3, y="two")
    assert (one.double, point.of(4), one.moved(2)) == (6, (4, "two"), (5, "two"))
    assert one._asdict() == {"x": 3, "y": "two"}
    assert point._field_defaults == {"y": "two"}
    assert list(point.__annotations__) == ["x", "y"]
    assert point.__doc__ == "Has a documentation."
    assert (point.__name__, point.__module__) == ("Point", __name__)
    assert point.__qualname__ == "bodies.<locals>.Point"
    assert repr(one) == "Point(x=3, y='two')"
    with pytest.raises(TypeError):
        point()
    with pytest.raises(AttributeError):
        one.x = 4


def test_annotations_that_are_no_texts_are_refused() -> None:
    """Python 3.14 keeps them elsewhere, so the fields would be lost; earlier ones evaluate them."""
    with pytest.raises(TypeError, match="Point needs fields and `from __future__"):

        class Point(typed.NamedTuple):
            pass


def test_a_short_command_does_not_import_typing(tmp_path) -> None:
    """What `pithcore.typed` is there for."""
    program = (
        "import sys\n"
        "from pithcli.__main__ import main\n"
        "assert main(['number', 'DBZZ4GA3QYTEJZ5TKUNHWEKF3I']) == 0\n"
        "assert main(['verify', '--offline', 'nothing.json']) == 4\n"
        "assert 'typing' not in sys.modules\n"
    )
    command = [sys.executable, "-S", "-c", program]  # a site's own files may import it
    path = [entry for entry in sys.path if entry]
    environment = {"PYTHONPATH": ":".join(path), "PYTHON_GETTEXT": "", "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
