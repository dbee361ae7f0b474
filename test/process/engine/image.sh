# Makes a root directory of busybox in $1, for images without a registry.
make_root() {
  mkdir -p "$1"/{bin,dev,etc,proc,root,sys,tmp}
  cp "$(command -v busybox)" "$1/bin/busybox"
  chroot "$1" /bin/busybox --install -s /bin
  printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n' > "$1/etc/passwd"
  printf 'root:x:0:\nuser:x:1000:\n' > "$1/etc/group"
  echo image > "$1/etc/where"
  chmod 1777 "$1/tmp"
}
