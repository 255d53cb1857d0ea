#!/usr/bin/env bash
# Provides helm for the tests of the chart and for the story. Prints its path; everything else goes to stderr.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/go-program.sh"
if command -v helm >/dev/null && helm version --short 2>/dev/null | grep -q '^v3'; then
  command -v helm
  exit
fi
stamp="-X helm.sh/helm/v3/internal/version.version=VERSION"
# which Kubernetes a chart is rendered for when nobody says
for package in pkg/chartutil pkg/lint/rules; do
  stamp="$stamp -X helm.sh/helm/v3/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/$package.k8sVersionMinor=34"
done
go_program helm "$here/helm" helm.sh/helm/v3 helm.sh/helm/v3/cmd/helm "$stamp"
