#!/usr/bin/env bash
# Installs a browser for the tests of the page, where Debian's can be had; says so otherwise.
set -euo pipefail
if [ -x /usr/bin/chromium ]; then exit 0; fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "no browser: this is not Debian, or not root" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 || {
  echo "no browser: apt-get could not install chromium" >&2
  exit 1
}
[ -x /usr/bin/chromium ]
