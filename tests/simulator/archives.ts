// The files of archives as they were at one moment, to be put back: SQLite loses commits that way, and tears none.

/** A copy of all archives in a state folder. */
export class ArchiveFiles {
  readonly #files = new Map<string, Uint8Array>();

  constructor(private readonly stateDir: string) {
    const folder = `${stateDir}/archives`;
    for (const { name } of Deno.readDirSync(folder)) {
      this.#files.set(name, Deno.readFileSync(`${folder}/${name}`));
    }
  }

  restore(): void {
    removeArchives(this.stateDir);
    const folder = `${this.stateDir}/archives`;
    Deno.mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of this.#files) Deno.writeFileSync(`${folder}/${name}`, bytes);
  }
}

export function removeArchives(stateDir: string): void {
  try {
    Deno.removeSync(`${stateDir}/archives`, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
