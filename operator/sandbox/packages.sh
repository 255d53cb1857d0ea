#!/usr/bin/env bash
# Installs the servers that the tests run as processes of their own, where they are missing. Nothing is left running.
# Usage: packages.sh PROGRAM=PACKAGE...
set -euo pipefail

say() { echo "packages: $*" >&2; }
missing() {
  for wanted in "$@"; do
    PATH="$PATH:/usr/sbin" command -v "${wanted%%=*}" >/dev/null || echo "${wanted#*=}"
  done
}

lack=$(missing "$@")
if [ -n "$lack" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "installing what is missing:" $lack
  # a package's own service stays off: the tests start what they need
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends --no-remove $lack; } >&2 || true
fi
lack=$(missing "$@")
if [ -n "$lack" ]; then
  say "these packages are missing and could not be installed:" $lack
  exit 3
fi
