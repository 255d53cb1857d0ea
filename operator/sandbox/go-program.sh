# Sourced by the scripts that provide a program of a Go module of ours.
#
# go_program NAME FOLDER MODULE PACKAGE LDFLAGS: prints the path of the program; VERSION in the flags stands for the
# module's version in FOLDER/go.mod. Sources, in this order: the cache, the Go toolchain.
go_program() {
  local name=$1 folder=$2 module=$3 package=$4 flags=$5 version bin began
  version=$(sed -nE "s#^(require |\t)$module (v[0-9.]+).*#\2#p" "$folder/go.mod")
  bin="${BACKING_CACHE:-$HOME/.cache/backing-service-operator}/$name-$version-$(uname -s)-$(uname -m)"
  if [ ! -x "$bin/$name" ]; then
    mkdir -p "$bin"
    exec 9>"$bin.lock"
    flock 9 # a second caller waits here and finds it made
  fi
  if [ ! -x "$bin/$name" ]; then
    command -v go >/dev/null || { echo "$name: there is no Go toolchain in reach to build it: install Go, or put it into $bin" >&2; return 1; }
    began=$SECONDS
    echo "$name: building $version; about 3 minutes on two cores, once per version ..." >&2
    (cd "$folder" && GOFLAGS=-buildvcs=false GOTOOLCHAIN=local CGO_ENABLED=0 \
      go build -trimpath -ldflags "-s -w ${flags//VERSION/$version}" -o "$bin/$name.new" "$package") >&2
    mv "$bin/$name.new" "$bin/$name"
    echo "$name: built in $((SECONDS - began)) s" >&2
  fi
  echo "$bin/$name"
}
