#!/bin/bash
# Installs what radosgw.sh needs, where that can be done: as root on Debian or Ubuntu. Ends with 1 where it cannot.
set -u
if command -v radosgw ceph-mon ceph-osd ceph radosgw-admin monmaptool >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests against a real S3 server are skipped: radosgw is missing, and it can be installed only as root with apt-get." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends radosgw ceph-mon ceph-osd ceph-common >/dev/null && exit 0
echo "The tests against a real S3 server are skipped: apt-get could not install radosgw." >&2
exit 1
