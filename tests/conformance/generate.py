"""Write the conformance suite: `python tests/conformance/generate.py`.

Three folders with one JSON file for each case. The same sources give the same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cases_completeness
import cases_invalid
import cases_merge
import cases_valid

HERE = Path(__file__).parent
SUITE = {
    "valid": [*cases_valid.CASES, *cases_completeness.VALID],
    "invalid": [*cases_invalid.CASES, *cases_completeness.INVALID],
    "merge": cases_merge.CASES,
}


def files() -> dict[str, bytes]:
    """Path below this folder → content, for every case."""
    made: dict[str, bytes] = {}
    for folder, cases in SUITE.items():
        for index, case in enumerate(cases, start=1):
            name = f"{folder}/{index:03}-{case['name']}"
            body = {"id": name, **{n: v for n, v in case.items() if n != "name"}}
            text = json.dumps(body, indent=1, ensure_ascii=True)
            made[f"{name}.json"] = f"{text}\n".encode("ascii")
    return made


def main() -> None:
    """Write all files, and remove those of cases that are no more."""
    wanted = files()
    for folder in SUITE:
        (HERE / folder).mkdir(exist_ok=True)
        for path in (HERE / folder).glob("*.json"):
            if path.relative_to(HERE).as_posix() not in wanted:
                path.unlink()
    for name, content in wanted.items():
        (HERE / name).write_bytes(content)
    sys.stdout.write(f"{len(wanted)} cases written.\n")


if __name__ == "__main__":
    main()
