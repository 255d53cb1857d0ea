#!/usr/bin/env bash
# Runs a command in network, mount and process namespaces of its own, ready for a cluster of one node. Nothing of it
# reaches the machine's network, and whatever it leaves behind (processes, mounts, interfaces, firewall rules, names of
# sockets) ends with the namespaces.
# Usage: cluster.sh COMMAND...
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/apt.sh"
say() { echo "cluster: $*" >&2; }

# impossible WHY...: ends with 3, which tells a test that it is nobody's fault
impossible() {
  say "$* (any cluster will do as well: make story KUBECONFIG=... REGISTRY=...)"
  exit 3
}

[ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] ||
  impossible "a cluster of one node needs root on Linux, to run containers in a network of its own"
unshare --net --mount --pid --fork --mount-proc true 2>/dev/null ||
  impossible "this machine does not let root make namespaces"

# wanted PROGRAM PACKAGE: prints the package when the program is not there
wanted() { command -v "$1" >/dev/null || echo "$2"; }
missing() {
  wanted containerd containerd
  wanted runc runc
  wanted ip iproute2
  wanted iptables iptables
  wanted conntrack conntrack
  wanted setpriv util-linux
  wanted xz xz-utils
  wanted /usr/lib/cni/bridge containernetworking-plugins
  # in images it stands alone
  { [ -x /bin/busybox ] && ! ldd /bin/busybox >/dev/null 2>&1; } || echo busybox-static
}

if [ -n "$(missing)" ]; then
  say "installing what is missing:" $(missing)
  apt_install $(missing)
fi
[ -z "$(missing)" ] || impossible "these packages are missing and could not be installed:" $(missing)

# there is no way out of the cluster's network: what has to be fetched or built is fetched or built before
"$here/control-plane.sh" node >/dev/null
"$here/coredns.sh" >/dev/null
"$here/helm.sh" >/dev/null

# control groups: version 2 hands controllers down one by one, version 1 has a tree for each
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
  done
  export BACKING_TREES=/sys/fs/cgroup
else
  export BACKING_TREES="/sys/fs/cgroup/*"
fi
for tree in $BACKING_TREES; do
  [ ! -e "$tree/cgroup.procs" ] || [ -w "$tree" ] || impossible "$tree is read-only"
done

# what a cluster leaves on the disk and among the control groups, each named after a process that is gone
sweep() {
  local left
  for left in /tmp/backing-cluster-* /sys/fs/cgroup/backing-cluster-* /sys/fs/cgroup/*/backing-cluster-*; do
    [ -d "$left" ] && [ ! -d "/proc/${left##*-}" ] || continue
    case $left in
      /sys/*) find "$left" -depth -type d -exec rmdir {} \; 2>/dev/null || true ;;
      *) [ -n "${BACKING_KEEP:-}" ] || rm -rf "$left" ;;
    esac
  done
}
sweep

setpriv --pdeathsig KILL "$BASH" -c '
  export BACKING_CLUSTER="backing-cluster-$$"
  exec unshare --net --mount --pid --fork --kill-child --mount-proc "$@"
' cluster "$BASH" -euc '
  mkdir -p "/tmp/$BACKING_CLUSTER"
  for tree in $BACKING_TREES; do
    [ ! -e "$tree/cgroup.procs" ] || mkdir -p "$tree/$BACKING_CLUSTER"
  done
  # what would be left behind in folders that everybody shares
  for folder in /run/netns /run/containerd /var/lib/cni /var/lib/kubelet /var/log/containers; do
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
  done
  # what a kubelet wants of the whole machine, it gets as files of its own
  while read -r name value; do
    [ -e "/proc/sys/$name" ] || continue
    file=/run/containerd/${name//\//.}
    echo "$value" >"$file"
    mount --bind "$file" "/proc/sys/$name"
  done <<-WANTED
	vm/overcommit_memory 1
	vm/panic_on_oom 0
	kernel/panic 10
	kernel/panic_on_oops 1
	kernel/keys/root_maxkeys 1000000
	kernel/keys/root_maxbytes 25000000
WANTED
  ip link set lo up
  status=0
  "$@" || status=$?
  exit "$status"
' cluster "$@" &
inside=$!
trap 'kill -KILL "$inside" 2>/dev/null || true' INT TERM
status=0
wait "$inside" || status=$?
wait "$inside" 2>/dev/null || true # a second time when a signal ended the first
if [ "$status" != 0 ]; then # what the parts of the cluster said
  mkdir -p target/cluster-logs
  cp "/tmp/backing-cluster-$inside"/node/*.log "/tmp/backing-cluster-$inside"/control-plane/*.log target/cluster-logs/ 2>/dev/null || true
fi
sweep
exit "$status"
