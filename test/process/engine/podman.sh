#!/bin/bash
# Gives podman a configuration and a storage of its own in a directory, with the image localhost/box: podman.sh DIRECTORY.
# Prints the variables that make it use them, prints `ready`, waits for the end of stdin, and removes all again. `--try` runs one container.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/image.sh"
D=$1
if [ "$D" = --try ]; then
  D=$(mktemp -d)
  exec "$0" "$D" try < /dev/null
fi
end() {
  podman rm --force --all --time 0 > /dev/null 2>&1 || true
  # Guards may still be asking it.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    umount "$D/store/overlay" 2> /dev/null || true
    rm -rf "$D" 2> /dev/null && break
    sleep 0.5
  done
}
trap end EXIT
mkdir -p "$D"
# Limits below those of the caller, and runc: in containers and virtual machines the defaults often fail.
cat > "$D/containers.conf" <<X
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
X
cat > "$D/storage.conf" <<X
[storage]
driver = "overlay"
graphroot = "$D/store"
runroot = "$D/run"
X
echo 'unqualified-search-registries = []' > "$D/registries.conf"
export CONTAINERS_CONF=$D/containers.conf CONTAINERS_STORAGE_CONF=$D/storage.conf CONTAINERS_REGISTRIES_CONF=$D/registries.conf
make_root "$D/root"
tar -C "$D/root" -c . | podman import --quiet --change 'ENV PATH=/bin' --change 'ENTRYPOINT ["/bin/echo", "entry"]' \
  --change 'CMD ["default"]' - localhost/box > /dev/null
if [ "${2:-}" = try ]; then
  podman run --rm --network host localhost/box > /dev/null
  exit
fi
for name in CONTAINERS_CONF CONTAINERS_STORAGE_CONF CONTAINERS_REGISTRIES_CONF; do echo "$name=${!name}"; done
echo ready
cat > /dev/null
