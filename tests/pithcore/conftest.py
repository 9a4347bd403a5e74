"""Puts `samples.py`, the documents these tests are made of, where the tests can import it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
