#!/bin/bash
# Installs a PostgreSQL server, where that can be done: as root on Debian or Ubuntu. Ends with 1 where it cannot.
set -u
if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests against PostgreSQL are skipped: it is missing, and it can be installed only as root with apt-get." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# The tests start clusters of their own.
mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null && exit 0
echo "The tests against PostgreSQL are skipped: apt-get could not install it." >&2
exit 1
