#!/usr/bin/env bash
# Provides etcd, kube-apiserver, kube-controller-manager and kubectl for tests, demo and sandbox; with the argument
# `node` also kubelet, kube-scheduler and kube-proxy. Prints the folder that holds them; everything else goes to stderr.
# Sources, in this order: the cache, the release binaries (checksum verified), the Go toolchain through go.mod.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's|^require k8s.io/kubernetes \(v[0-9.]*\).*|\1|p' "$here/go.mod")
etcd=$(sed -n 's|^\tgo.etcd.io/etcd/server/v3 \(v[0-9.]*\).*|\1|p' "$here/go.mod")
os=$(uname -s | tr '[:upper:]' '[:lower:]')
arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
bin="${BACKING_CACHE:-$HOME/.cache/backing-service-operator}/kubernetes-$version-etcd-$etcd-$os-$arch"
programs=(kube-apiserver kube-controller-manager kubectl etcd)
[ "${1:-}" != node ] || programs+=(kubelet kube-scheduler kube-proxy)

say() { echo "control plane: $*" >&2; }

missing() {
  local p
  for p in "${programs[@]}"; do [ -x "$bin/$p" ] || echo "$p"; done
}

# fetch URL FILE: short connect timeout, so that a machine without the release location goes on at once
fetch() { curl --fail --silent --show-error --location --connect-timeout 5 --max-time 600 --output "$2" "$1"; }

verify() { # FILE SHA256
  echo "$2  $1" | sha256sum --check --status || { say "checksum of $(basename "$1") is wrong; it is not used"; return 1; }
}

download() {
  command -v curl >/dev/null || return 1
  local into=$1 release="https://dl.k8s.io/release/$version/bin/$os/$arch" p
  fetch "$release/kubectl.sha256" "$into/kubectl.sha256" 2>/dev/null || { say "release location not reachable"; return 1; }
  for p in $(missing); do
    [ "$p" != etcd ] || continue
    say "downloading $p $version"
    fetch "$release/$p" "$into/$p" && fetch "$release/$p.sha256" "$into/$p.sha256" || return 1
    verify "$into/$p" "$(cat "$into/$p.sha256")" || return 1
  done
  [ -x "$bin/etcd" ] || download_etcd "$into" || return 1
  (cd "$into" && chmod +x $(missing))
}

download_etcd() {
  local into=$1 name="etcd-$etcd-$os-$arch" from="https://github.com/etcd-io/etcd/releases/download/$etcd"
  say "downloading etcd $etcd"
  fetch "$from/$name.tar.gz" "$into/$name.tar.gz" && fetch "$from/SHA256SUMS" "$into/SHA256SUMS" || return 1
  verify "$into/$name.tar.gz" "$(awk -v f="$name.tar.gz" '$2 == f {print $1}' "$into/SHA256SUMS")" || return 1
  tar -xzf "$into/$name.tar.gz" -C "$into" --strip-components=1 "$name/etcd"
}

build() {
  local into=$1 p began
  command -v go >/dev/null || { say "neither the release location nor a Go toolchain (>= 1.24) is in reach: install Go, or put" $(missing) "into $bin"; return 1; }
  say "building $version with $(go version | cut -d' ' -f3); minutes on two cores, once per version"
  export GOFLAGS=-buildvcs=false GOTOOLCHAIN=local CGO_ENABLED=0
  local stamp="k8s.io/component-base/version"
  local flags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$(echo "$version" | cut -d. -f2) -X k8s.io/client-go/pkg/version.gitVersion=$version"
  for p in $(missing); do
    began=$SECONDS
    say "building $p ..."
    local package="k8s.io/kubernetes/cmd/$p"
    [ "$p" = etcd ] && package=go.etcd.io/etcd/server/v3
    (cd "$here" && go build -trimpath -ldflags "$flags" -o "$into/$p" "$package") >&2
    say "built $p in $((SECONDS - began)) s"
  done
}

if [ -n "$(missing)" ]; then
  mkdir -p "$(dirname "$bin")"
  exec 9>"$bin.lock"
  flock 9 # a second caller waits here and finds the folder complete
fi
if [ -n "$(missing)" ]; then
  work=$(mktemp -d "$bin.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  download "$work" || build "$work"
  mkdir -p "$bin"
  for p in $(missing); do mv "$work/$p" "$bin/$p"; done
fi
echo "$bin"
