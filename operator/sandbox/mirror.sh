#!/usr/bin/env bash
# Prints the mirror of Debian that this machine has its own packages from.
set -euo pipefail

mirror=$(sed -nE 's#^(URIs: |deb (\[[^]]*\] )?)(http[^ ]*/debian)/?( .*)?$#\3#p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | sed -n 1p || true)
[ -n "$mirror" ] || { echo "mirror: apt names no mirror of Debian" >&2; exit 3; }
echo "$mirror"
