# Sourced by the scripts that need packages of this machine's own system.
#
# apt_install PACKAGE...: installs them, one caller at a time, and leaves their services off: whoever needs a server
# starts it. What could not be installed, the caller looks for.
apt_install() {
  local lock="${BACKING_CACHE:-$HOME/.cache/backing-service-operator}/packages.lock" policy=/usr/sbin/policy-rc.d ours=
  mkdir -p "$(dirname "$lock")"
  exec 8>"$lock"
  flock 8 # a second caller waits here
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends --no-remove "$@"; } >&2 8>&- || true
  [ -z "$ours" ] || rm -f "$policy"
  exec 8>&-
}
