"""Files as blocks of bytes, unpacked on the way where their name ends in `.gz` or `.zst`."""

from __future__ import annotations

import sys
import zlib
from typing import Protocol

from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

BLOCK = 64 * 1024
"""Bytes of a plain file read at a time."""

PIECE = 1024
"""Packed bytes unpacked at a time. A packed kilobyte can stand for 32 MiB (zstd: 256 blocks of
128 KiB), so that is the most that a hostile file puts into memory."""


class DamagedError(Exception):
    """Packed data that cannot be unpacked; the text is half a sentence."""


class _Decoder(Protocol):
    """What the decoders of zlib and of both zstd packages have in common."""

    @property
    def eof(self) -> bool:
        """The frame has ended."""

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""

    def decompress(self, data: bytes, /) -> bytes:
        """What these packed bytes stand for."""


class _Format(NamedTuple):
    name: str
    decoder: Callable[[], _Decoder]
    error: type[Exception]


def blocks(path: str) -> Iterator[tuple[bytes, int]]:
    """The content of a file in blocks, each with the bytes of the file that are behind it.

    Raises:
        OSError: when it cannot be read.
        DamagedError: where packed data is damaged or ends too early; all before it was given.
        Problem: when there is nothing here that unpacks it.
    """
    packed = _format_of(path)
    with open(path, "rb") as raw:  # noqa: PTH123 - a million of these
        if packed is None:
            while block := raw.read(BLOCK):
                yield block, raw.tell()
        else:
            for block in _unpacked(raw, packed):
                yield block, raw.tell()


def check_unpacks(path: str) -> None:
    """Raise the `Problem` that `blocks` would, before it is too late to stop."""
    _format_of(path)


def _unpacked(raw: IO[bytes], packed: _Format) -> Iterator[bytes]:
    """Frames (gzip: members) one after the other, with or without zeros after them."""
    decoder: _Decoder | None = None
    while piece := raw.read(PIECE):
        while piece:
            if decoder is None:
                if not piece.strip(b"\0"):
                    break
                decoder = packed.decoder()
            try:
                yield decoder.decompress(piece)
            except packed.error as error:
                raise DamagedError(f"it is no sound {packed.name} ({error})") from None
            if not decoder.eof:
                break
            piece, decoder = decoder.unused_data, None
    if decoder is not None:
        raise DamagedError(f"the {packed.name} data ends too early")


def _format_of(path: str) -> _Format | None:
    if path.endswith(".gz"):
        return _Format("gzip", lambda: zlib.decompressobj(wbits=31), zlib.error)
    return _zstd(path) if path.endswith(".zst") else None


def _zstd(path: str) -> _Format:
    if sys.version_info >= (3, 14):
        from compression import zstd

        return _Format("zstd", zstd.ZstdDecompressor, zstd.ZstdError)
    try:
        import zstandard
    except ImportError:
        raise Problem(
            f"{path} is packed with zstd, which this Python cannot unpack by itself.",
            hint='pip install "pithcore[zstd]"',
        ) from None
    return _Format("zstd", zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError)
