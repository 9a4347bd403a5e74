"""The rows once more as Parquet, a lot at a time."""

from __future__ import annotations

import json
import os
from itertools import islice

from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AT_A_TIME = 20_000
"""Rows in memory, and in a row group."""


def check_writes() -> None:
    """Raise a `Problem` when the library is not there, before any work is done."""
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        raise Problem(
            "Parquet needs the pyarrow library.", hint='pip install "pithcore[parquet]"'
        ) from None


def write(rows: Path, parquet: Path) -> None:
    """Write the rows of a JSON Lines file as `parquet`; a file there is replaced at the end.

    Raises:
        OSError: when it cannot be written; what was there before is still there.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("source", pa.string()),
            ("line", pa.int64()),
            ("verdict", pa.string()),
            ("sentence", pa.string()),
            ("failed", pa.list_(pa.string())),
            ("kind", pa.string()),
            ("pith_number", pa.string()),
            ("arxiv_id", pa.string()),
            ("key_id", pa.string()),
        ]
    )
    unfinished = parquet.with_name(f".{parquet.name}.{os.getpid()}.tmp")
    try:
        with (
            rows.open("rb") as lines,
            pq.ParquetWriter(unfinished, schema, compression="zstd") as out,
        ):
            while lot := [json.loads(line) for line in islice(lines, AT_A_TIME)]:
                out.write_batch(pa.RecordBatch.from_pylist(lot, schema=schema))
        unfinished.replace(parquet)
    finally:
        unfinished.unlink(missing_ok=True)
