#!/bin/bash
# File systems made from a folder: which keep the fraction of a second of a file's time, and which its holes.
# Needs Debian 12's e2fsprogs, genext2fs, btrfs-progs, erofs-utils. Fails when what is seen is other than below.
# Seen on 2026-11-28 with e2fsprogs 1.47.0, genext2fs 1.5.0, btrfs-progs 6.2, erofs-utils 1.5.
set -euo pipefail
for package in e2fsprogs genext2fs btrfs-progs erofs-utils; do
  dpkg -s $package >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q --no-install-recommends $package; } >/dev/null
done
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work" && PATH=$PATH:/sbin:/usr/sbin
mkdir folder && truncate -s 8M folder/hole && printf x >>folder/hole && touch -d '2020-01-02 03:04:05.123456789Z' folder/hole

truncate -s 64M ext4 && mke2fs -q -t ext4 -d folder ext4
genext2fs -q -b 20000 -d folder ext2
truncate -s 200M btrfs && mkfs.btrfs -q -f --rootdir folder btrfs >/dev/null 2>&1
mkfs.erofs -x-1 erofs folder >/dev/null 2>&1

ext() { # The time's fraction (0 where its inodes are too small for one) and the KiB that the file takes, as debugfs tells.
  local told; told=$(debugfs -R 'stat /hole' "$1" 2>/dev/null)
  local fraction; fraction=$(sed -n 's/^ *mtime: 0x[0-9a-f]*:\([0-9a-f]*\).*/\1/p' <<<"$told")
  echo "$2: fraction $((0x${fraction:-0} >> 2)), $(($(sed -n 's/.*Blockcount: \([0-9]*\).*/\1/p' <<<"$told") / 2)) KiB"
}
{
  ext ext4 "mke2fs -d"
  ext ext2 "genext2fs -d"
  btrfs inspect-internal dump-tree -t 5 btrfs | awk '
    / INODE_ITEM /{ inode = 1 } inode && /nbytes/{ for (i = 1; i < NF; i++) if ($i == "size" && $(i + 1) > 8000000) hole = 1; else if ($i == "nbytes") bytes = $(i + 1) }
    hole && /nbytes/ && !taken { for (i = 1; i < NF; i++) if ($i == "nbytes") taken = $(i + 1) }
    hole && /mtime/ && !time { time = $2; sub(/.*\./, "", time) }
    END { printf "mkfs.btrfs --rootdir: fraction %d, %d KiB\n", time, taken / 1024 }'
  dump.erofs --path=/hole erofs | awk '/^Size/{ for (i = 1; i < NF; i++) if ($i == "On-disk" && $(i + 1) == "size:") taken = $(i + 2) } /^Timestamp/{ sub(/.*\./, ""); time = $1 }
    END { printf "mkfs.erofs: fraction %d, %d KiB\n", time, taken / 1024 }'
} | tee seen
cat >expected <<'E'
mke2fs -d: fraction 0, 1 KiB
genext2fs -d: fraction 0, 8226 KiB
mkfs.btrfs --rootdir: fraction 0, 8196 KiB
mkfs.erofs: fraction 123456789, 8192 KiB
E
diff expected seen && echo "as described"
