#!/bin/bash
# Files with holes in archives of GNU tar, unpacked by npm's tar and tar-fs: they are left out or hold other bytes, and nothing is reported.
# Needs GNU tar, node, npm. Fails when what is seen is other than below.
# Seen on 2026-11-28 with GNU tar 1.34, npm tar 7.4.3, tar-fs 3.0.8 (tar-stream 3.1.7).
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund tar@7.4.3 tar-fs@3.0.8 tar-stream@3.1.7 >/dev/null
truncate -s 1M disk.img && printf 'end\n' >>disk.img && echo after >after.txt
tar --format=gnu -S -cf gnu.tar disk.img after.txt
for version in 0.0 0.1 1.0; do tar --format=posix --sparse-version=$version -S -cf pax-$version.tar disk.img after.txt; done
cat >unpack.mjs <<'J'
// Prints what each package makes of each archive: names and sizes, and what it says.
import fs from "node:fs";
import { pipeline } from "node:stream/promises";
import * as tar from "tar";
import tarFs from "tar-fs";
const ways = {
  tar: (file, cwd) => tar.x({ file, cwd }),
  "tar-fs": (file, cwd) => pipeline(fs.createReadStream(file), tarFs.extract(cwd)),
};
for (const archive of ["gnu", "pax-0.0", "pax-0.1", "pax-1.0"]) {
  for (const [name, unpack] of Object.entries(ways)) {
    const into = `${name}-${archive}`;
    fs.mkdirSync(into);
    const said = await unpack(`${archive}.tar`, into).then(() => "no error", () => "an error");
    const files = fs.readdirSync(into, { recursive: true }).filter((path) => fs.statSync(`${into}/${path}`).isFile()).sort();
    const sizes = files.map((path) => `${path.replace(/GNUSparseFile\.\d+/, "GNUSparseFile.N")} ${fs.statSync(`${into}/${path}`).size}`);
    console.log(`${name}, ${archive}: ${said}; ${sizes.join(", ") || "no file"}`);
  }
}
J
node unpack.mjs | tee seen
cat >expected <<'E'
tar, gnu: no error; after.txt 6
tar-fs, gnu: an error; no file
tar, pax-0.0: no error; after.txt 6, disk.img 4
tar-fs, pax-0.0: no error; after.txt 6, disk.img 4
tar, pax-0.1: no error; GNUSparseFile.N/disk.img 4, after.txt 6
tar-fs, pax-0.1: no error; GNUSparseFile.N/disk.img 4, after.txt 6
tar, pax-1.0: no error; GNUSparseFile.N/disk.img 516, after.txt 6
tar-fs, pax-1.0: no error; GNUSparseFile.N/disk.img 516, after.txt 6
E
diff expected seen && echo "as described"
