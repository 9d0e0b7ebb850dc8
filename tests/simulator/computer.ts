// One simulated computer: its disk, its person, and the real client on it, which can be killed at any file call and started again.

import { UserError } from "../../src/core/failure.ts";
import { TRIAL } from "../../src/fs/probe/trial.ts";
import { type Hint, Watch } from "../../src/fs/watch/watch.ts";
import { realDisk } from "../../src/fs/real.ts";
import { type Client } from "../../src/peer/client.ts";
import { createClient } from "../../src/peer/create_client.ts";
import type { Keyring } from "../../src/peer/keyring.ts";
import { WorkerHost } from "../../src/root/worker_host.ts";
import type { Event } from "../../src/core/event.ts";
import type { Archive } from "../../src/archive/archive.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { DATABASES, type Databases } from "../../src/engine/taking.ts";
import { type EngineWorker, serve, WorkerLink } from "../../src/root/rpc.ts";
import { type Root } from "../../src/root/root.ts";
import { rootOver } from "../../src/root/open_root.ts";
import { ArchiveFiles, removeArchives } from "./archives.ts";
import { Life } from "./virtual_clock.ts";
import { Volume } from "./volume.ts";
import { Ledger } from "./ledger.ts";
import { SimulatedPerson } from "./simulated_person.ts";
import { somePersonality, someWatch, tellsOfAll, type WatchKind } from "./personality.ts";
import { type Meddling, programDisk } from "./program_disk.ts";
import { lyingWatch } from "./watcher.ts";
import type { World } from "./world.ts";

/** After something a person must see to, they start the program again so much later. */
const AGAIN_MS = 3_000;
/** No computer starts, loses its power and has started again within less: by that two starts are told apart (last_use.ts). */
const LEAST_START_MS = 60_000;

export class SimulatedComputer {
  readonly volume: Volume;
  readonly folder: string;
  readonly ledger: Ledger;
  readonly person: SimulatedPerson;
  readonly watch: WatchKind;
  client: Client | undefined;
  life: Life | undefined;
  /** Bytes that still fit on the disk. */
  space = Infinity;
  /** The program is killed at the file call so many from now. */
  killIn = Infinity;
  /** In so many of a thousand file calls the person does something just before. */
  meddles = 0;
  /** When a plan with something to do was last told (elapsed ms). */
  plannedAt = 0;
  /** Archives as they were when they were last flushed. */
  #saved: ArchiveFiles | undefined;
  /** Whether they are wanted. */
  savesArchive = false;
  /** When the computer was started (ms). */
  #booted: number;
  #engine: RootEngine | undefined;
  #locked = false;

  constructor(
    readonly name: string,
    private readonly peer: string,
    private readonly world: World,
    private readonly stateDir: string,
    private readonly keyring: Keyring,
  ) {
    const { random, clock } = world;
    this.#booted = clock.now - LEAST_START_MS;
    this.volume = new Volume(somePersonality(random, world.isSecond), clock);
    this.watch = someWatch(random, this.volume.kind);
    this.folder = this.volume.kind.windows ? `C:\\${name}` : `/${name}`;
    this.volume.makeDirectories(this.folder);
    this.ledger = new Ledger(
      this.volume,
      this.folder,
      world.whole,
      (line) => world.trace(line),
      (reason) => world.fail(`${name}: ${reason}`),
    );
    this.person = new SimulatedPerson(
      name,
      this.volume,
      this.folder,
      this.ledger,
      clock,
      random,
      world.common,
      world.largest,
      world.habits,
      () => world.isQuiet && tellsOfAll(this.watch) && this.volume.watcher !== undefined,
    );
  }

  /** Starts the program, and again each time it ends with something to see to. */
  start(): void {
    if (this.life) return;
    const life = this.life = new Life(this.name, this.volume);
    this.world.clock.as(life, () => {
      this.#run(life).catch((error) => this.world.fail(`${this.name}: ${error.stack ?? error}`));
    });
  }

  /** As kill -9 does. */
  kill(): void {
    const { life } = this;
    if (!life) return;
    this.world.trace(`${this.name} killed`);
    // Within one tick an edit cannot be told from damage, and in doubt it is that (core/placing.ts).
    if (this.volume.kind.tickMs > 1) this.world.isStrict = false;
    life.dead = true;
    this.life = this.client = undefined;
    this.killIn = Infinity;
    this.#locked = false;
    this.volume.watcher = undefined;
    try {
      this.#engine?.archive.close();
    } catch {
      // It was closing already.
    }
    this.#engine = undefined;
    this.world.network.hangUp(life);
  }

  /** The power goes, and comes back: neither disk nor archive need be what they were. */
  cutPower(): void {
    const { random, clock } = this.world;
    this.kill();
    this.world.trace(`${this.name} without power`);
    this.volume.cutPower(random);
    this.volume.remount();
    this.ledger.afterPowerCut();
    this.world.isStrict = false;
    if (this.#saved && random.below(2)) this.#saved.restore();
    this.#booted = Math.max(clock.now, this.#booted + LEAST_START_MS);
  }

  /** Its clock is set. Who was killed before takes that for another start of the computer, and in doubt an edit for damage. */
  setClock(skew: number): void {
    this.world.isStrict = false;
    this.world.trace(`${this.name} has its clock ${skew} ms ahead`);
    this.volume.skew = skew;
  }

  /** The archive is lost, or comes back from an old copy. */
  loseArchive(): void {
    this.kill();
    this.world.tampered = true;
    this.world.isStrict = false;
    this.ledger.accept();
    this.world.trace(`${this.name} without archive`);
    if (this.#saved && this.world.random.below(2)) this.#saved.restore();
    else removeArchives(this.stateDir);
  }

  async #run(life: Life): Promise<void> {
    const { clock } = this.world;
    const seeTo = Promise.withResolvers<void>();
    const client = this.client = createClient({
      askLifted: () => Promise.resolve(true),
      host: "server",
      port: 7420,
      name: this.name,
      stateDir: this.stateDir,
      keyring: this.keyring,
      folder: this.folder,
      once: false,
      emit: (event) => this.#hear(event, seeTo.resolve),
    }, { dial: this.world.network.dial, openRoot: () => this.#openRoot(life), keptWith: () => [] });
    client.ended.catch((bug) => this.world.fail(`${this.name}: ${bug.stack ?? bug}`));
    try {
      await client.start();
      if (this.name < this.peer) await client.invite(this.peer);
      else await client.acceptFrom(this.peer);
      await seeTo.promise;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.world.trace(`${this.name} cannot: ${error.message}`);
      // Who was cut off without a word is for a while thought to be there still, or waits in vain.
      if (!/is in use on the server|^Cannot reach a server/.test(error.message)) {
        this.world.trouble(this.name, error.message);
      }
    }
    await client.close();
    await new Promise<void>((resolve) => clock.after(AGAIN_MS, resolve));
    this.life = undefined;
    this.start();
  }

  #hear(event: Event, seeTo: () => void): void {
    this.world.hear(this, event);
    if (event.event === "plan") this.plannedAt = this.world.clock.elapsed;
    if (event.event === "halted" || event.event === "refused") {
      this.world.trouble(this.name, event.reason);
      seeTo();
    }
  }

  async #openRoot(life: Life): Promise<Root> {
    const disk = programDisk(this.volume, life, this.#meddling());
    const workerHost = new WorkerHost((folder, stateDir) => {
      const databases: Databases = {
        lockRoot: () => this.#lock(),
        openArchive: (_, stateDir, identity) => this.#openArchive(stateDir, identity),
      };
      const booted = this.#booted + this.volume.skew;
      const options = { databases, booted, readsAtOnce: this.world.readsAtOnce };
      const engine = this.#engine = new RootEngine(disk, folder, stateDir, options);
      if (life.dead) engine.archive.close(); // Killed meanwhile, and what it cannot read is no failure to it.
      return engine;
    });
    const link = new WorkerLink(this.#worker(workerHost, life));
    try {
      const opened = await link.remote<WorkerHost>(0).open(this.folder, this.stateDir);
      const { clock, random } = this.world;
      const parts = lyingWatch(this.volume, this.watch, clock, random);
      const watch = (hint: Hint) => new Watch(opened.folder, opened.private, hint, parts);
      return rootOver(link, opened, { watch });
    } catch (error) {
      link.end();
      throw error;
    }
  }

  #openArchive(stateDir: string, identity: string): Archive {
    const archive = DATABASES.openArchive(realDisk, stateDir, identity);
    if (this.savesArchive) {
      const { unproven } = archive;
      const [list, rollBack] = [unproven.list.bind(unproven), archive.rollBack.bind(archive)];
      const save = () => this.#saved = new ArchiveFiles(stateDir);
      unproven.list = (...args) => (list(...args), save());
      archive.rollBack = (...args) => (rollBack(...args), save());
    }
    return archive;
  }

  #lock(): { close(): void } {
    if (this.#locked) throw new UserError("the folder is locked");
    this.#locked = true;
    return { close: () => this.#locked = false };
  }

  /** A worker with the engine: each message takes some time on its way, and each call some. */
  #worker(workerHost: WorkerHost, life: Life): EngineWorker {
    const { clock, random } = this.world;
    const worker: EngineWorker = {
      onmessage: null,
      onerror: null,
      postMessage(call, transfer) {
        const data = structuredClone(call, { transfer });
        post(() => scope.onmessage!({ data } as MessageEvent));
      },
      terminate() {},
    };
    type Scope = Parameters<typeof serve>[0];
    const scope: Scope = {
      onmessage: null,
      postMessage(answer, transfer) {
        if (life.dead) return;
        const data = structuredClone(answer, { transfer });
        post(() => worker.onmessage!.call(worker as Worker, { data } as MessageEvent));
      },
    };
    let last = 0;
    const post = (act: () => void) => {
      last = Math.max(last, clock.now + random.small(4));
      clock.after(last - clock.now, act, life);
    };
    serve(scope, workerHost.targets);
    return worker;
  }

  #meddling(): Meddling {
    // deno-lint-ignore no-this-alias
    const computer = this;
    const { world, ledger } = this;
    const inPrivate = (path: string) =>
      path.startsWith(`${this.folder}${this.volume.separator}.tcpsync`) || !path.startsWith(this.folder);
    return {
      get space() {
        return computer.space;
      },
      set space(bytes) {
        computer.space = bytes;
      },
      before(call, paths, looks) {
        world.trace(`${computer.name} ${call} ${paths.join(" ")}`);
        if (looks && world.random.below(1000) < computer.meddles) computer.person.act(true);
        if (--computer.killIn > 0) return undefined;
        return world.random.below(2) ? "before" : "after";
      },
      kill: () => this.kill(),
      placed(path) {
        const wrong = inPrivate(path) ? undefined : ledger.placed(path);
        if (wrong) world.fail(`${computer.name}: ${wrong}`);
      },
      took: (replaced, path) => ledger.took(replaced, path),
      wrote(path) {
        if (!isTrial(path) && !inPrivate(path)) {
          world.fail(`${computer.name}: written in the folder itself: ${path}`);
        }
      },
      now: () => world.clock.elapsed,
    };
  }
}

/** Nothing ever comes into it. */
function isTrial(path: string): boolean {
  return path.split(/[\\/]/).at(-1) === TRIAL;
}
