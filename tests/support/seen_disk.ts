// The real disk, seen through what another would say of the same files.

import type { Disk, OpenFile, Stat } from "../../src/fs/port.ts";
import { probeIdentity, withoutBirths } from "../../src/fs/probe/probe.ts";
import { realDisk } from "../../src/fs/real.ts";

/** The real disk as `see` shows it. */
export function seen(see: (stat: Stat) => Stat, change: Partial<Disk> = {}): Disk {
  const file = (open: OpenFile): OpenFile =>
    new Proxy(open, {
      get(target, method) {
        if (method === "stat") return () => see(target.stat());
        const call = Reflect.get(target, method);
        return typeof call === "function" ? call.bind(target) : call;
      },
    });
  return {
    ...realDisk,
    stat: (path) => {
      const stat = realDisk.stat(path);
      return stat && see(stat);
    },
    openToRead: (path) => file(realDisk.openToRead(path)),
    create: (path) => file(realDisk.create(path)),
    openToWrite: (path) => file(realDisk.openToWrite(path)),
    ...change,
  };
}

/** The real disk as a root that has it in `directory` relies on it: without times of birth that are none. */
export function reliedOn(disk: Disk, directory: string): Disk {
  return probeIdentity(disk, directory).births ? disk : withoutBirths(disk);
}
