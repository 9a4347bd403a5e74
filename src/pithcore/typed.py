"""What modules need of `typing` at run time, without its import.

A checker of types sees `typing` itself. `pith verify FILE` would spend a tenth of its time on it
(docs/decisions/0008-what-a-short-command-does-without.md).
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
"""True for a checker of types, as `typing.TYPE_CHECKING` is."""

if TYPE_CHECKING:
    from typing import Any
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - for others to import
else:

    class _Maker(type):
        """Makes a `collections.namedtuple` of the body of a class."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            """Raises `TypeError` where annotations are not texts, and so not in the body."""
            if not bases:
                return super().__new__(cls, name, bases, body)
            if "__annotations__" not in body:
                raise TypeError(f"{name} needs fields and `from __future__ import annotations`")
            fields = body.pop("__annotations__")
            defaults = [body.pop(field) for field in fields if field in body]
            module = body.pop("__module__")
            made = namedtuple(name, fields, defaults=defaults, module=module)  # noqa: PYI024
            made.__annotations__ = fields
            for key, value in body.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """`typing.NamedTuple`: the annotations of a subclass are the fields of a tuple."""
