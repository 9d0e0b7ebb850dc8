// Disks that tell of no change which others make on them: what lies on another computer, and what another program serves. A watch there
// hears this computer alone.

import { statfsSync } from "node:fs";
import { resolvedPath } from "../confined.ts";

/** By the kinds of file systems, as Linux numbers them. Some that other programs serve are local all the same (ntfs-3g); nothing tells. */
const MUTE = new Set([
  0x6969, // nfs
  0xff534d42, // cifs
  0xfe534d42, // smb2
  0x517b, // smb
  0x65735546, // fuse: sshfs, rclone, bindfs, virtiofs, ntfs-3g
  0x01021997, // 9p: shared folders of virtual machines, Windows' disks in WSL
  0x786f4256, // vboxsf
  0xbacbacbc, // vmhgfs
  0x73757245, // coda
  0x5346414f, // afs
  0x6b414653, // afs
  0x00c36400, // ceph
  0x0bd00bd0, // lustre
  0x01161970, // gfs2
  0x7461636f, // ocfs2
  0x47504653, // gpfs
]);

/** Whether the disk that a folder is on is such a one, as far as this system tells. */
export function isMute(folder: string): boolean {
  // A drive that stands for a folder of another computer resolves to that.
  if (Deno.build.os === "windows") return resolvedPath(folder).startsWith("\\\\");
  if (Deno.build.os !== "linux") return false;
  try {
    return MUTE.has(statfsSync(folder).type >>> 0);
  } catch {
    return false;
  }
}
