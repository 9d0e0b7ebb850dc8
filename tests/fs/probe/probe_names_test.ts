// What is tried with names leaves nothing behind, whatever a disk makes of them.

import { assertEquals } from "@std/assert";
import { realDisk } from "../../../src/fs/real.ts";
import type { Disk } from "../../../src/fs/port.ts";
import { unkeptKinds } from "../../../src/fs/probe/probe_names.ts";

const DEVICE = /aux\.probe$/;

/** A share: it lists a device name under another, and a file that is removed by that is there for as long as somebody has it open by the
 * other. */
function asShare(): Disk {
  let isHeld = false;
  return {
    ...realDisk,
    create(path) {
      isHeld ||= DEVICE.test(path);
      return realDisk.create(path.replace(DEVICE, "AHY9U3~9.PRO"));
    },
    removeIfThere(path) {
      if (DEVICE.test(path)) isHeld = false;
      realDisk.removeIfThere(path.replace(DEVICE, "AHY9U3~9.PRO"));
    },
    removeTree(path) {
      if (isHeld) throw new Error("Directory not empty (os error 39)");
      realDisk.removeTree(path);
    },
  };
}

Deno.test({
  name: "N2: what names a disk keeps is tried without a trace, on a share too",
  ignore: Deno.build.os === "windows",
  fn() {
    const folder = Deno.makeTempDirSync();
    try {
      assertEquals(unkeptKinds(realDisk, folder), []);
      assertEquals(unkeptKinds(asShare(), folder), ["device"]);
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
