#!/bin/sh
# Print the path of a Chromium for the browser tests; install one when there is none.
set -eu
cd "$(dirname "$0")/.."
find_chromium() {
    for name in "${PITH_CHROMIUM:-chromium}" chromium chromium-browser google-chrome; do
        if command -v "$name" 2>/dev/null; then
            return
        fi
    done
    return 1
}
find_chromium || {
    tools/apt.sh chromium "Chromium"
    find_chromium
}
