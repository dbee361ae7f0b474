#!/bin/bash
# Installs a PostgreSQL server and the pooler PgBouncer, where that can be done: as root on Debian or Ubuntu. Ends with 1
# where there is no server then; the tests of poolers look for PgBouncer themselves.
set -u
has_server() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
if has_server && command -v pgbouncer >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Tests against PostgreSQL and PgBouncer are skipped: they can be installed only as root with apt-get." >&2
  has_server
  exit
fi
# The tests start servers of their own: nothing is started by the installation.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -qq
for package in postgresql pgbouncer; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
    echo "Tests against $package are skipped: apt-get could not install it." >&2
done
has_server
