#!/usr/bin/env bash
# Provides helm for the tests of the chart and for the story. Prints its path; everything else goes to stderr.
# Sources, in this order: PATH, the cache, the Go toolchain through helm/go.mod.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if command -v helm >/dev/null && helm version --short 2>/dev/null | grep -q '^v3'; then
  command -v helm
  exit
fi
version=$(sed -n 's|^\thelm.sh/helm/v3 \(v[0-9.]*\).*|\1|p' "$here/helm/go.mod")
bin="${BACKING_CACHE:-$HOME/.cache/backing-service-operator}/helm-$version-$(uname -s)-$(uname -m)"
if [ ! -x "$bin/helm" ]; then
  mkdir -p "$bin"
  exec 9>"$bin.lock"
  flock 9 # a second caller waits here and finds it made
fi
if [ ! -x "$bin/helm" ]; then
  command -v go >/dev/null || { echo "helm: neither helm 3 nor a Go toolchain is in reach: install one of them" >&2; exit 1; }
  began=$SECONDS
  # which Kubernetes a chart is rendered for when nobody says
  for package in pkg/chartutil pkg/lint/rules; do
    stamp="${stamp:-} -X helm.sh/helm/v3/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/$package.k8sVersionMinor=34"
  done
  stamp="$stamp -X helm.sh/helm/v3/internal/version.version=$version"
  echo "helm: building $version; about 3 minutes on two cores, once per version ..." >&2
  (cd "$here/helm" && GOFLAGS=-buildvcs=false GOTOOLCHAIN=local CGO_ENABLED=0 go build -trimpath \
    -ldflags "-s -w $stamp" -o "$bin/helm.new" helm.sh/helm/v3/cmd/helm) >&2
  mv "$bin/helm.new" "$bin/helm"
  echo "helm: built in $((SECONDS - began)) s" >&2
fi
echo "$bin/helm"
