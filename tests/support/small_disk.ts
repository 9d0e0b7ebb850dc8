// A disk of its own that holds little, so that it can be full: memory mounted for a test, where the system lets us mount.

import { statfsSync } from "node:fs";

export class SmallDisk implements Disposable {
  readonly #filler: string;

  private constructor(readonly path: string) {
    this.#filler = `${path}/filler`;
  }

  /** Whether a disk can be mounted here. */
  static possible(): boolean {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    const path = Deno.makeTempDirSync({ prefix: "tcpsync-disk-" });
    try {
      if (!succeeds("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path)) return false;
      return succeeds("umount", path);
    } finally {
      Deno.removeSync(path);
    }
  }

  /** Mounts one at `path`, a folder made for it, with room for so many MiB. */
  static mount(path: string, mebibytes: number): SmallDisk {
    Deno.mkdirSync(path, { recursive: true });
    if (!succeeds("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m,mode=700`, "tmpfs", path)) {
      throw new Error(`Cannot mount a disk at ${path}`);
    }
    return new SmallDisk(path);
  }

  /** Makes it one of so many MiB. */
  resize(mebibytes: number) {
    if (!succeeds("mount", "-o", `remount,size=${mebibytes}m`, this.path)) {
      throw new Error(`Cannot resize ${this.path}`);
    }
  }

  /** How many bytes may still be written to it. */
  get left(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Leaves room for no more than so many bytes. */
  fill(left = 0) {
    using file = Deno.openSync(this.#filler, { write: true, create: true, append: true });
    const block = new Uint8Array(4096);
    try {
      for (;;) file.writeSync(block);
    } catch (error) {
      if (!/os error 28\b/.test(String(error))) throw error;
    }
    file.truncateSync(Math.max(0, file.statSync().size - left));
  }

  /** Nothing can be changed on it any more. */
  forbidWriting() {
    if (!succeeds("mount", "-o", "remount,ro", this.path)) throw new Error(`Cannot remount ${this.path}`);
  }

  /** Makes room again. */
  free() {
    try {
      Deno.removeSync(this.#filler);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Whoever still has files open there loses them. */
  [Symbol.dispose]() {
    succeeds("umount", "--lazy", this.path);
  }
}

function succeeds(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false; // There is no such command.
  }
}

/** Lets nobody change what is in a folder, by a mount over itself; undone when disposed of. */
export function readOnly(path: string): Disposable {
  if (!succeeds("mount", "--bind", path, path) || !succeeds("mount", "-o", "remount,bind,ro", path)) {
    throw new Error(`Cannot mount ${path}`);
  }
  return { [Symbol.dispose]: () => void succeeds("umount", "--lazy", path) };
}
