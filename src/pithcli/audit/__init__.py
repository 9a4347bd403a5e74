"""Many documents at a time: one row for each, in bounded memory, on all cores or a cluster.

inputs → **chunks** (`sources`) → **rows** (`rows`, in workers) → **journal** → summary.
Rows are written in the order of the inputs, so what has been written is always a beginning of
the whole, and going on after a kill is a matter of counting.

`audit_lines` is the work itself: a plain function that any engine can call (docs/scale.md).
"""

from __future__ import annotations

from pithcli.audit.rows import audit_lines

__all__ = ["audit_lines"]
