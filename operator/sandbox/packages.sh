#!/usr/bin/env bash
# Installs the servers that the tests run as processes of their own, where they are missing. Nothing is left running.
# Usage: packages.sh PROGRAM=PACKAGE...
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/apt.sh"

say() { echo "packages: $*" >&2; }
missing() {
  for wanted in "$@"; do
    PATH="$PATH:/usr/sbin" command -v "${wanted%%=*}" >/dev/null || echo "${wanted#*=}"
  done
}

lack=$(missing "$@")
if [ -n "$lack" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "installing what is missing:" $lack
  apt_install $lack
fi
lack=$(missing "$@")
if [ -n "$lack" ]; then
  say "these packages are missing and could not be installed:" $lack
  exit 3
fi
