// The file systems that scenarios are run on: those that this kernel has, made in files and mounted for a while, and those of a lab.

import type { Packed } from "./packed.ts";

/** A file system; `run` runs a command where it is mounted at `folder`, and returns all that it told. */
export interface Kind {
  name: string;
  folder: string;
  /** Why it cannot be had here. */
  missing: string | null;
  run(command: readonly string[]): Promise<string>;
}

const LAB_KINDS = "vfat exfat cifs ntfs3 nfs nfs3 casefold hfsplus f2fs ext4 xfs btrfs".split(" ");
const LAB_SECONDS = { short: 900, whole: 5400 };

/** Computers of labs are emulated, and slow; in seconds. */
const LAB_PATIENCE = 600;

/** Those of the lab, for commands of what is packed. */
export function inLab(lab: string, short: boolean, packed: Packed): Kind[] {
  const path = Deno.realPathSync(lab);
  const limits = ["-t", String(short ? LAB_SECONDS.short : LAB_SECONDS.whole), "-m", "4096"];
  const given = ["env", "NO_COLOR=1", `TCPSYNC_TEST_PATIENCE=${LAB_PATIENCE}`];
  return LAB_KINDS.map((name) => ({
    ...{ name, folder: "/mnt/disk", missing: null },
    // The guest works in the same folder, which it has to see.
    run: (command) =>
      told([path, "run", ...limits, name, ...given, ...packed.command(command)], packed.folder),
  }));
}

const SIZE = "3G";
const TEMPORARY = Deno.env.get("TMPDIR") ?? "/tmp";

/** How each is made at `at` from a file of its own, with `by` for folders beside it. */
const HERE: [
  name: string,
  needs: string[],
  commands: (at: string, image: string, by: string) => string[][],
][] = [
  ["ext4", ["mkfs.ext4"], (at, image) => [
    ["mkfs.ext4", "-q", "-F", "-I", "256", image],
    ["mount", "-o", "loop", image, at],
  ]],
  ["ext4 without birth times", ["mkfs.ext4"], (at, image) => [
    ["mkfs.ext4", "-q", "-F", "-I", "128", image],
    ["mount", "-o", "loop", image, at],
  ]],
  ["xfs", ["mkfs.xfs"], (at, image) => [["mkfs.xfs", "-q", "-f", image], ["mount", "-o", "loop", image, at]]],
  ["btrfs", ["mkfs.btrfs"], (at, image) => [
    ["mkfs.btrfs", "-q", "-f", image],
    ["mount", "-o", "loop", image, at],
  ]],
  ["tmpfs", [], (at) => [["mount", "-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", at]]],
  ["overlay", [], (at, _, by) => [
    ["mkdir", `${by}/lower`, `${by}/upper`, `${by}/work`],
    [
      ...["mount", "-t", "overlay", "-o"],
      `lowerdir=${by}/lower,upperdir=${by}/upper,workdir=${by}/work`,
      ...["overlay", at],
    ],
  ]],
  ["NTFS (ntfs-3g)", ["mkntfs", "ntfs-3g"], (at, image) => [
    ["mkntfs", "-F", "-Q", "-q", image],
    ["ntfs-3g", image, at],
  ]],
  ["exFAT (exfat-fuse)", ["mkfs.exfat", "mount.exfat-fuse"], (at, image) => [
    ["mkfs.exfat", image],
    ["mount", "-t", "exfat-fuse", "-o", "loop", image, at],
  ]],
  ["FUSE (bindfs)", ["bindfs"], (at, _, by) => [["mkdir", `${by}/under`], ["bindfs", `${by}/under`, at]]],
];

/** Those of this kernel, each mounted for as long as its command runs. */
export function hereKinds(): Kind[] {
  const cannot = Deno.build.os !== "linux"
    ? "this is no Linux"
    : Deno.uid() !== 0
    ? "only the system's own user may mount it"
    : null;
  const narrow: Kind = {
    ...{ name: "full or read-only", folder: "", missing: cannot },
    run: ([deno]) =>
      told([
        ...[deno!, "test", "-A", "--no-check", "--cached-only", "--reporter=tap"],
        "tests/scenarios/narrow_disks_test.ts",
      ]),
  };
  const mounted = HERE.map(([name, needs, commands]): Kind => {
    const by = `${TEMPORARY}/tcpsync-disk-${crypto.randomUUID()}`;
    const [folder, image] = [`${by}/mounted`, `${by}/image`];
    const lacking = needs.find((need) => !has(need));
    return {
      ...{ name, folder, missing: cannot ?? (lacking ? `there is no ${lacking}` : null) },
      async run(command) {
        Deno.mkdirSync(folder, { recursive: true });
        try {
          await told(["truncate", "-s", SIZE, image]);
          for (const step of commands(folder, image, by)) {
            const said = await told(step);
            if (said.includes(FAILED)) return said;
          }
          return await told(command);
        } finally {
          await told(["umount", folder]);
          Deno.removeSync(by, { recursive: true });
        }
      },
    };
  });
  return [...mounted, narrow];
}

const FAILED = "# failed:";

/** Runs a command: what it told, with a line where it failed. */
async function told(command: readonly string[], cwd?: string): Promise<string> {
  const [program, ...args] = command as [string, ...string[]];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    ...(cwd && { cwd }),
  })
    .output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  return code === 0 ? text : `${text}\n${FAILED} ${program} (${code})`;
}

function has(command: string): boolean {
  return new Deno.Command("sh", { args: ["-c", `command -v ${command}`], stdout: "null" }).outputSync()
    .success;
}
