#!/usr/bin/env bash
# Prints the folder of a Debian system of another architecture, with a JDK and the libraries that Java loads, made once
# and kept in the cache: for images of that architecture. Installs the emulator that runs its programs.
# Usage: foreign-root.sh arm64|amd64
set -euo pipefail

architecture=$1
suite=trixie
packages="base-files libc6 libgcc-s1 libstdc++6 zlib1g openjdk-25-jdk-headless openjdk-25-jre-headless"
here=$(dirname "${BASH_SOURCE[0]}")
say() { echo "foreign-root: $*" >&2; }

case $architecture in
  arm64) emulator=qemu-aarch64-static ;;
  amd64) emulator=qemu-x86_64-static ;;
  *) say "no image is made for the architecture $architecture: use amd64 or arm64"; exit 3 ;;
esac
"$here/packages.sh" "$emulator=qemu-user-static"

root="${BACKING_CACHE:-$HOME/.cache/backing-service-operator}/debian/$suite-jdk25-$architecture"
if [ ! -e "$root/complete" ]; then
  mkdir -p "$(dirname "$root")"
  exec 9>"$root.lock"
  flock 9 # a second caller waits here and finds it made
fi
if [ ! -e "$root/complete" ]; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    { say "the packages of another architecture require apt-get and dpkg-deb"; exit 3; }
  mirror=$("$here/mirror.sh")
  say "loading a JDK 25 of Debian $suite for $architecture; some 370 MB, once"
  rm -rf "$root" "$root.new"
  new=$root.new
  mkdir -p "$new"/apt/{etc/preferences.d,state/lists/partial,cache/archives/partial} "$new/var/lib/dpkg/info" "$new/packages"
  for source in "$mirror $suite" "$mirror $suite-updates" "$mirror-security $suite-security"; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $source main"
  done >"$new/apt/etc/sources.list"
  touch "$new/apt/state/status"
  apt=(apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" -o APT::Sandbox::User=
    -o Dir::Etc="$new/apt/etc" -o Dir::State="$new/apt/state" -o Dir::State::status="$new/apt/state/status"
    -o Dir::Cache="$new/apt/cache")
  { "${apt[@]}" update && (cd "$new/packages" && "${apt[@]}" download $packages); } >&2 ||
    { say "the packages could not be loaded from $mirror"; exit 3; }
  for file in "$new"/packages/*.deb; do
    name=$(dpkg-deb -f "$file" Package)
    # what is in the image is looked up as on any Debian; debug symbols are in none
    dpkg-deb --fsys-tarfile "$file" | tar -t | sed 's#^\.##; s#/$##; s#^$#/.#' >"$new/var/lib/dpkg/info/$name.list"
    dpkg-deb --fsys-tarfile "$file" |
      tar -x -C "$new" --exclude='*.debuginfo' --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*'
    { dpkg-deb -f "$file" Package Version Architecture Maintainer Description | grep -v '^ '
      printf 'Status: install ok unpacked\n\n'; } >>"$new/var/lib/dpkg/status"
  done
  rm -rf "$new/packages" "$new/apt"
  for folder in lib lib64; do [ -e "$new/$folder" ] || ln -s "usr/$folder" "$new/$folder"; done
  touch "$new/complete"
  mv "$new" "$root"
fi
echo "$root"
