// A disk of its own that can do less than others, mounted for a test where the system lets us mount: real calls to a real mount, whose
// other end (lesser_disk_server.ts) lacks what it is told to.

/** What it lacks; nothing at first. */
export interface Lack {
  /** How it answers to a lock on a file; without one the kernel sees to them. */
  locks?: "ENOLCK" | "EAGAIN" | "EACCES" | "EIO" | "ENOTSUP" | "EINVAL";
  /** Permissions cannot be changed, or are those of all files and stay so. */
  modes?: "refused" | "fixed";
  /** Whose all of it is. */
  owner?: number;
  /** A time cannot be set, or is set and not kept. */
  times?: "refused" | "ignored";
  links?: false;
  hardLinks?: false;
  /** So finely it keeps times, and by so much it shows them later than it was told. */
  tickMs?: number;
  shiftMs?: number;
  /** Names in another case are one; "full": also such as are alike for Unicode's full folding. */
  folds?: true | "full";
  /** A name stays as it was spelled first; a rename to another spelling is answered with "done", and not done. */
  respells?: false;
  /** The most bytes that a file of it can have. */
  largest?: number;
  /** Names that match it (a regular expression) it cannot hold. */
  refuses?: string;
  /** Dots at the end of a name are left out. */
  trimsDots?: boolean;
  /** Names it holds under others, as it lists them. */
  alters?: Record<string, string>;
  /** Each file has another number from now on. */
  renumber?: boolean;
}

const SERVER = new URL("./lesser_disk_server.ts", import.meta.url).pathname;

/** The device is both standard input and standard error of the server. */
const MOUNT = `exec 3<>/dev/fuse
mount -i -t fuse -o "fd=3,rootmode=40755,user_id=0,group_id=0,allow_other" tcpsync-test "$1" || exit 1
echo mounted
exec "$2" run --quiet --cached-only --no-check --no-prompt "$3" "$4" <&3 2>&3 3>&-`;

export class LesserDisk implements AsyncDisposable {
  private constructor(readonly path: string, private readonly server: Deno.ChildProcess) {}

  /** Whether such a disk can be had here. */
  static possible(): boolean {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    try {
      Deno.openSync("/dev/fuse", { read: true, write: true }).close();
    } catch {
      return false;
    }
    const { success } = new Deno.Command("unshare", { args: ["--mount", "true"] }).outputSync();
    return success;
  }

  /** Mounts one at `path`, a folder made for it. */
  static async mount(path: string, lack: Lack): Promise<LesserDisk> {
    Deno.mkdirSync(path, { recursive: true });
    const server = new Deno.Command("sh", {
      args: ["-c", MOUNT, "sh", path, Deno.execPath(), SERVER, JSON.stringify(lack)],
      ...{ stdin: "null", stdout: "piped", stderr: "null" },
    }).spawn();
    const reader = server.stdout.getReader();
    const { value } = await reader.read();
    const told = new TextDecoder().decode(value);
    if (!told.startsWith("mounted")) throw new Error(`Cannot mount a disk at ${path}: ${told}`);
    reader.releaseLock();
    return new LesserDisk(path, server);
  }

  /** It lacks this, too, from now on. */
  change(lack: Lack) {
    using file = Deno.openSync(`${this.path}/.control`, { write: true });
    file.writeSync(new TextEncoder().encode(JSON.stringify(lack)));
  }

  /** Whoever still has files open there loses them. */
  async [Symbol.asyncDispose]() {
    new Deno.Command("umount", { args: ["--lazy", this.path] }).outputSync();
    try {
      this.server.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.server.status;
  }
}
