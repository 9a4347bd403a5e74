#!/bin/sh
# apt.sh "PACKAGES" WHAT: install Debian packages, or say in a sentence what is needed by hand.
set -eu
packages=$1
what=$2
if ! command -v apt-get >/dev/null 2>&1; then
    echo "error: $what is needed and was not found; install it and try again." >&2
    exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
echo "Installing $packages with apt-get …" >&2
# shellcheck disable=SC2086  # both are lists of words
if ! { $as_root apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
    $as_root apt-get -qq install -y --no-install-recommends $packages; } >&2; then
    echo "error: $what is needed; apt-get install $packages did not work here." >&2
    exit 1
fi
