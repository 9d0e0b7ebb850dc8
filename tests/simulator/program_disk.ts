// The disk as the program sees it: every call may fail, may be the last before a kill, and a person may act just before it.

import type { Disk, OpenFile } from "../../src/fs/port.ts";
import type { Life } from "./virtual_clock.ts";
import { failure, type Node, type Volume } from "./volume.ts";

/** The program was killed. */
export class Killed extends Error {
  override name = "Killed";
}

/** What is wrong with a disk, and who meddles. */
export interface Meddling {
  /** Bytes that can still be written. */
  space: number;
  /** Called before each call; `looks`: it changes nothing. "before" and "after": the program dies there. */
  before(call: string, paths: string[], looks: boolean): "before" | "after" | undefined;
  kill(): void;
  /** The program put or moved something into the folder, or wants to write there. */
  placed(path: string): void;
  /** It renamed something to that path, where something else was replaced, or nothing. */
  took(replaced: Node | null, path: string): void;
  wrote(path: string): void;
  now(): number;
}

const LOOKS = new Set([
  "list",
  "stat",
  "readLink",
  "openToRead",
  "read",
  "file stat",
  "close",
  "seek",
  "flush",
]);

/** `volume` for one life of the program. */
export function programDisk(volume: Volume, life: Life, meddling: Meddling): Disk {
  const call = <T>(name: string, paths: string[], act: () => T): T => {
    if (life.dead) throw new Killed();
    const fatal = meddling.before(name, paths, LOOKS.has(name));
    if (fatal === "before") meddling.kill();
    if (life.dead) throw new Killed();
    for (const path of paths) checkAccess(volume, name, path, meddling.now());
    const result = act();
    if (fatal === "after") {
      meddling.kill();
      throw new Killed();
    }
    return result;
  };
  const spend = (bytes: number, name: string, path: string) => {
    if (meddling.space < bytes) throw failure("No space left on device", 28, name, path);
    meddling.space -= bytes;
  };
  const open = (node: Node, path: string): OpenFile => {
    let at = 0;
    return {
      stat: () => call("file stat", [], () => volume.statOf(node)),
      read: (into) =>
        call("read", [], () => {
          const piece = node.data.subarray(at, at + into.length);
          into.set(piece);
          at += piece.length;
          return piece.length;
        }),
      write: (bytes) =>
        call("write", [], () => {
          meddling.wrote(path);
          spend(bytes.length, "write", path);
          const data = new Uint8Array(Math.max(node.data.length, at + bytes.length));
          data.set(node.data);
          data.set(bytes, at);
          at += bytes.length;
          volume.change(node, path, data);
          node.unflushed = true;
        }),
      extend: (size) =>
        call("write", [], () => {
          meddling.wrote(path);
          spend(size - node.data.length, "write", path);
          const data = new Uint8Array(size);
          data.set(node.data);
          volume.change(node, path, data);
          node.unflushed = true;
          return false;
        }),
      seek: (offset) => call("seek", [], () => void (at = offset)),
      setTime: (mtime) => call("setTime", [], () => volume.setTimeOf(node, mtime)),
      close: () => call("close", [], () => {}),
    };
  };
  return {
    separator: volume.separator,
    room: (path) => call("room", [path], () => meddling.space),
    list: (path) => call("list", [path], () => volume.list(path)),
    stat: (path) => call("stat", [path], () => volume.stat(path)),
    readLink: (path) => call("readLink", [path], () => volume.read(path).target),
    openToRead: (path) => call("openToRead", [path], () => open(volume.read(path), path)),
    create: (path) =>
      call("create", [path], () => {
        meddling.wrote(path);
        spend(1, "open", path);
        return open(volume.create(path, "file"), path);
      }),
    openToWrite: (path) =>
      call("openToWrite", [path], () => {
        meddling.wrote(path);
        return open(volume.read(path), path);
      }),
    setExecutable: (path, executable) =>
      call("setExecutable", [path], () => volume.setExecutable(path, executable)),
    setMode: (path) => call("setMode", [path], () => {}),
    setOwner: (path) => call("setOwner", [path], () => {}),
    makeDirectory: (path) =>
      call("makeDirectory", [path], () => {
        spend(1, "mkdir", path);
        volume.create(path, "directory");
      }),
    makeDirectories: (path) => call("makeDirectories", [path], () => volume.makeDirectories(path)),
    makePrivateDirectory: (path) => call("makeDirectories", [path], () => volume.makeDirectories(path)),
    makeLink: (target, path) =>
      call("makeLink", [path], () => {
        volume.makeLink(target, path);
        meddling.placed(path);
      }),
    cloneFile: () => false,
    hardLink: (from, to) =>
      call("hardLink", [from, to], () => {
        volume.hardLink(from, to);
        meddling.placed(to);
      }),
    rename: (from, to) =>
      call("rename", [from, to], () => {
        const replaced = volume.find(to);
        volume.rename(from, to);
        meddling.placed(to);
        meddling.took(replaced, to);
      }),
    remove: (path) => call("remove", [path], () => volume.remove(path)),
    removeIfThere: (path) => call("remove", [path], () => volume.find(path) && volume.remove(path)),
    flush: (path) => call("flush", [path], () => volume.flush(path)),
    flushNames: (path) => call("flushNames", [path], () => volume.flushNames(path)),
    removeTree: (path) => call("removeTree", [path], () => volume.removeTree(path)),
  };
}

/** What another program holds open, and what this user may not see. */
function checkAccess(volume: Volume, call: string, path: string, now: number) {
  const { separator } = volume;
  for (let end = path.indexOf(separator, 1); end > 0; end = path.indexOf(separator, end + 1)) {
    if (volume.find(path.slice(0, end))?.denied) throw noPermission(call, path);
  }
  const node = volume.find(path);
  if (!node) return;
  if (node.denied && (call === "list" || call === "openToRead")) throw noPermission(call, path);
  if (node.heldUntil > now && call !== "stat" && call !== "list") {
    throw failure(
      "The process cannot access the file because it is being used by another process.",
      32,
      call,
      path,
    );
  }
}

function noPermission(call: string, path: string): Error {
  return failure("Permission denied", 13, call, path, "PermissionDenied");
}
