#!/usr/bin/env bash
# Prints the folder of a Debian system with these packages, made once and kept in the cache: for servers of another
# version than this machine's own packages have. Nothing in it is started here.
# Usage: debian-root.sh SUITE PACKAGE...
set -euo pipefail

suite=$1
shift
say() { echo "debian-root: $*" >&2; }

key=$(printf '%s ' "$@" | sha256sum | cut -c1-12)
root="${BACKING_CACHE:-$HOME/.cache/backing-service-operator}/debian/$suite-$key-$(uname -m)"
if [ ! -e "$root/complete" ]; then
  mkdir -p "$(dirname "$root")"
  exec 9>"$root.lock"
  flock 9 # a second caller waits here and finds it made
fi
if [ ! -e "$root/complete" ]; then
  [ "$(id -u)" = 0 ] || { say "a root of Debian $suite takes a root user to make it"; exit 3; }
  "$(dirname "${BASH_SOURCE[0]}")/packages.sh" debootstrap=debootstrap
  mirror=$("$(dirname "${BASH_SOURCE[0]}")/mirror.sh")
  say "making a root of Debian $suite with $*; about half a minute, once"
  rm -rf "$root.new"
  debootstrap --variant=minbase --include="$(IFS=,; echo "$*")" "$suite" "$root.new" "$mirror" >"$root.log" 2>&1 ||
    { tail -5 "$root.log" >&2; exit 3; }
  rm -rf "$root.new/var/cache/apt" "$root.new/var/lib/apt/lists"
  touch "$root.new/complete"
  rm -rf "$root"
  mv "$root.new" "$root"
fi
echo "$root"
