#!/bin/bash
# A real S3 server on loopback: Ceph's radosgw with one monitor and one store in memory. usage: radosgw.sh DIRECTORY PORT
# PORT is that of S3, PORT + 1 the monitor's. Says "ready" when requests are answered; ends all it started when its input ends.
set -eu
D=$1; P=$2; MP=$((P+1)); AK=${S3_ACCESS_KEY:-probe}; SK=${S3_SECRET_KEY:-probesecret}
rm -rf $D; mkdir -p $D/{mon,osd,run,log}; cd $D; FSID=$(cat /proc/sys/kernel/random/uuid)
cat > ceph.conf <<X
[global]
fsid = $FSID
mon host = [v2:127.0.0.1:$MP/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 1000
run dir = $D/run
pid file = $D/run/\$name.pid
admin socket = $D/run/\$name.asok
log file = $D/log/\$name.log
mon cluster log file = $D/log/cluster.log
keyring = $D/keyring
crash dir = $D/run
[mon]
mon data = $D/mon
mon data avail crit = 1
[osd]
osd data = $D/osd
osd objectstore = memstore
memstore device bytes = 8589934592
osd class dir = /usr/lib/x86_64-linux-gnu/rados-classes
[client.rgw]
ms mon client mode = crc
rgw frontends = beast endpoint=127.0.0.1:$P
rgw dns name = 127.0.0.1
rgw relaxed s3 bucket names = true
rgw thread pool size = 32
rgw enable usage log = false
rgw enable gc threads = true
rgw gc obj min wait = 2
rgw gc processor period = 2
rgw gc processor max time = 2
rgw enable lc threads = false
rgw run sync thread = false
rgw zone = default
X
finish() {
  [ -f pids ] && for pid in $(cat pids); do kill -9 "$pid" 2>/dev/null || true; done
  cd /; rm -rf "$D"
}
trap finish EXIT
export CEPH_CONF=$D/ceph.conf
touch keyring
monmaptool --create --clobber --fsid $FSID --addv a "[v2:127.0.0.1:$MP]" monmap >/dev/null
ceph-mon -c ceph.conf --mkfs -i a --monmap monmap --mon-data $D/mon
: > pids
setsid ceph-mon -c ceph.conf -i a -f > log/mon.out 2>&1 </dev/null & echo $! >> pids
for i in $(seq 50); do timeout 5 ceph -c ceph.conf -s >/dev/null 2>&1 && break; sleep .2; done
UU=$(cat /proc/sys/kernel/random/uuid); ceph -c ceph.conf osd new $UU >/dev/null
ceph-osd -c ceph.conf -i 0 --mkfs --osd-uuid $UU > log/mkfs.out 2>&1
setsid ceph-osd -c ceph.conf -i 0 -f > log/osd.out 2>&1 </dev/null & echo $! >> pids
ceph -c ceph.conf osd crush add osd.0 1.0 host=localhost root=default >/dev/null 2>&1 || true
for i in $(seq 100); do ceph -c ceph.conf osd stat 2>/dev/null | grep -q '1 up' && break; sleep .2; done
timeout 60 radosgw-admin -c ceph.conf -n client.rgw user create --uid=probe --display-name=probe --access-key=$AK --secret-key=$SK > log/user.out 2>&1 || { tail -3 log/user.out; exit 1; }
setsid radosgw -c ceph.conf -n client.rgw -f > log/rgw.out 2>&1 </dev/null & echo $! >> pids
for i in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/$P) 2>/dev/null && { echo "ready"; cat >/dev/null; exit 0; }; sleep .2; done
echo FAILED; exit 1
