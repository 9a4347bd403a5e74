#!/bin/sh
# Make the private environment .venv, once, with the Python in $PYTHON (default: python3).
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null 2>&1; then
    echo "error: $python was not found. Python 3.11 or newer is needed." >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "error: $("$python" --version) is too old. Python 3.11 or newer is needed;" >&2
    echo "hint: name another one with make PYTHON=python3.12 …" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    tools/apt.sh python3-venv "a Python that has the venv module"
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
