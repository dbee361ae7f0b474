#!/bin/bash
# Starts a docker daemon with all its files in a directory, and makes the image localhost/box: docker.sh DIRECTORY.
# Prints the variables that make its command use it, prints `ready`, waits for the end of stdin, and removes all again. `--try` runs one container.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/image.sh"
D=$1
if [ "$D" = --try ]; then
  D=$(mktemp -d)
  exec "$0" "$D" try < /dev/null
fi
daemon=
end() {
  docker ps --all --quiet 2> /dev/null | xargs --no-run-if-empty docker rm --force > /dev/null 2>&1 || true
  [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon" || true; }
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    umount "$D/exec/netns/default" 2> /dev/null || true
    rm -rf "$D" 2> /dev/null && break
    sleep 0.5
  done
}
trap end EXIT
mkdir -p "$D"
dockerd --data-root "$D/data" --exec-root "$D/exec" --pidfile "$D/pid" --host "unix://$D/socket" --iptables=false --ip6tables=false \
  --bridge=none --ip-forward=false --ip-masq=false --default-ulimit nofile=1024:1024 < /dev/null > "$D/log" 2>&1 &
daemon=$!
export DOCKER_HOST=unix://$D/socket
tries=0
until docker version > /dev/null 2>&1; do
  tries=$((tries + 1))
  if [ $tries = 300 ] || ! kill -0 $daemon 2> /dev/null; then tail -n 3 "$D/log" >&2; exit 1; fi
  sleep 0.1
done
make_root "$D/root"
tar -C "$D/root" -c . | docker import --change 'ENV PATH=/bin' --change 'ENTRYPOINT ["/bin/echo", "entry"]' \
  --change 'CMD ["default"]' - localhost/box > /dev/null
if [ "${2:-}" = try ]; then
  docker run --rm --network host localhost/box > /dev/null
  exit
fi
echo "DOCKER_HOST=$DOCKER_HOST"
echo ready
cat > /dev/null
