// Disks inside a folder: what a test mounts at a path, where the system lets us mount.

import { SmallDisk } from "./small_disk.ts";

/** What is mounted at a path, until it is disposed of. */
export class Mount implements Disposable {
  private constructor(readonly path: string) {}

  /** Whether anything can be mounted here. */
  static possible = (): boolean => SmallDisk.possible();

  /** A disk of its own, empty. */
  static memory(path: string): Mount {
    return Mount.#with(path, "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs");
  }

  /** Another folder, of whatever disk: where it is of the same, nothing but the folder's number tells the mount. */
  static bind(from: string, path: string): Mount {
    return Mount.#with(path, "--bind", from);
  }

  /** Another folder through a program that passes on what is done in it, but tells of nothing that is done past it. */
  static mute(from: string, path: string): Mount {
    Deno.mkdirSync(path, { recursive: true });
    runOrThrow("bindfs", "-o", "attr_timeout=0,entry_timeout=0", from, path);
    return new Mount(path);
  }

  /** A btrfs of its own, empty. */
  static btrfs(path: string): Mount {
    const image = `${path}.image`;
    Deno.writeFileSync(image, new Uint8Array());
    Deno.truncateSync(image, 128 << 20);
    runOrThrow("mkfs.btrfs", "--quiet", image);
    const mount = Mount.#with(path, "-o", "loop", image);
    Deno.removeSync(image); // It lasts as long as it is mounted.
    return mount;
  }

  /** Makes a subvolume in one, or a copy of one. */
  static subvolume(path: string, of?: string) {
    if (of === undefined) runOrThrow("btrfs", "subvolume", "create", path);
    else runOrThrow("btrfs", "subvolume", "snapshot", of, path);
  }

  static btrfsPossible(): boolean {
    return Mount.possible() && isPossible((place) => Mount.btrfs(`${place}/in`));
  }

  /** Whether that program is here. */
  static mutePossible(): boolean {
    return Mount.possible() && isPossible((place) => Mount.mute(place, `${place}/in`));
  }

  static #with(path: string, ...args: string[]): Mount {
    Deno.mkdirSync(path, { recursive: true });
    runOrThrow("mount", ...args, path);
    return new Mount(path);
  }

  /** Takes it away from whoever has files open there, as a cable that is pulled. */
  unmount() {
    runOrThrow("umount", "--lazy", this.path);
  }

  [Symbol.dispose]() {
    try {
      this.unmount();
    } catch {
      // It was unmounted already.
    }
  }
}

function isPossible(mount: (place: string) => Mount): boolean {
  const place = Deno.makeTempDirSync({ prefix: "tcpsync-mount-" });
  try {
    mount(place).unmount();
    return true;
  } catch {
    return false; // There is no such program, or the system knows no such disk.
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
}

function runOrThrow(command: string, ...args: string[]) {
  const { success, stderr } = new Deno.Command(command, { args, stderr: "piped" }).outputSync();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
