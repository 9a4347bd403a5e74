#!/bin/sh
# Lock the development tools again: exact versions and hashes, no addresses of registries.
# `make lock` calls it; the results are committed.
set -eu
cd "$(dirname "$0")/.."
for list in uv dev mutation; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header \
        --output-file "requirements/$list.txt" "requirements/$list.in"
done
# Beside node_modules npm would leave out the hashes of what is installed already.
lock=$(mktemp -d)
trap 'rm -rf "$lock"' EXIT
cp package.json .npmrc "$lock"
npm install --prefix "$lock" --package-lock-only --ignore-scripts
cp "$lock/package-lock.json" .
