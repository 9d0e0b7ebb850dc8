// The runtime, the project and what it uses, in one folder. The computers of a lab see not all files of this one (none in /tmp) and read
// them slowly: there the folder is copied into memory as a whole.

/** Outside /tmp. */
const PLACE = "/var/tmp";

/** In the guest: `$0` is the folder, `$@` what to run. The copy has its paths, by which caches know what they hold. */
const IN_MEMORY = [
  'mkdir /dev/shm/packed && cp -r "$0/." /dev/shm/packed && mount --bind /dev/shm/packed "$0"',
  'cd "$0/project" && DENO_DIR="$0/cache" exec "$@"',
].join(" && ");

export class Packed implements Disposable {
  readonly folder = Deno.makeTempDirSync({ dir: PLACE, prefix: "tcpsync-packed-" });

  constructor() {
    const [deno, project, cache] = ["deno", "project", "cache"].map((name) => `${this.folder}/${name}`) as [
      string,
      string,
      string,
    ];
    for (const folder of [project, cache]) Deno.mkdirSync(folder);
    Deno.copyFileSync(Deno.execPath(), deno);
    const { npmCache } = JSON.parse(run([Deno.execPath(), "info", "--json"]));
    run(["cp", "-r", npmCache, `${cache}/npm`]);
    const files = run(["git", "ls-files", "-z"]).split("\0").filter((name) => name !== "");
    run(["cp", "--parents", ...files, project]);
    const sources = files.filter((name) =>
      /^(main|scripts\/disks|(src|tests\/scenarios)\/.*)\.ts$/.test(name)
    );
    run([deno, "cache", ...sources], { cwd: project, env: { DENO_DIR: cache } });
  }

  /** What a guest is to run instead of a command of this runtime. */
  command([, ...args]: readonly string[]): string[] {
    return ["sh", "-c", IN_MEMORY, this.folder, `${this.folder}/deno`, ...args];
  }

  [Symbol.dispose]() {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function run([program, ...args]: readonly string[], options: Deno.CommandOptions = {}): string {
  const { success, stdout, stderr } = new Deno.Command(program!, { args, ...options }).outputSync();
  const [told, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args[0]}: ${complaint}`);
  return told!;
}
