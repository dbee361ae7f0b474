#!/bin/bash
# Installs the container engines that the tests start, where that can be done: as root on Debian or Ubuntu.
# Prints the engines that work (`podman`, `docker`), for PINNACE_TEST_ENGINES; says on stderr what is skipped, and why.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

have() {
  local programs="podman runc busybox" program
  [ "$1" = podman ] || programs="docker dockerd busybox"
  for program in $programs; do command -v "$program" >/dev/null || return 1; done
}

packages() {
  if [ "$1" = podman ]; then echo "podman runc busybox-static"; else echo "docker.io busybox-static"; fi
}

updated=
for engine in podman docker; do
  if ! have $engine; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      echo "The tests with $engine are skipped: it is missing, and it can be installed only as root with apt-get." >&2
      continue
    fi
    export DEBIAN_FRONTEND=noninteractive
    [ -n "$updated" ] || apt-get update -qq >&2
    updated=yes
    # shellcheck disable=SC2046
    apt-get install -y -qq --no-install-recommends $(packages $engine) >/dev/null || {
      echo "The tests with $engine are skipped: apt-get could not install it." >&2
      continue
    }
  fi
  if "$here/$engine.sh" --try >&2; then echo $engine; else
    echo "The tests with $engine are skipped: it is installed, but cannot run a container here." >&2
  fi
done
