#!/usr/bin/env bash
# Provides the name server of the cluster. Prints its path; everything else goes to stderr.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/go-program.sh"
go_program coredns "$here/coredns" github.com/coredns/coredns . ""
