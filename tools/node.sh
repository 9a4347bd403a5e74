#!/bin/sh
# Make sure that there is Node 18 or newer with npm.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    tools/apt.sh "nodejs npm" "Node 18 or newer, with npm,"
fi
if ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; then
    echo "error: Node $(node --version) is too old. Node 18 or newer is needed." >&2
    exit 1
fi
