// Syncthing as a peer: two instances with nothing but each other, asked by their REST interface where they stand.

import { type Background, background, printed, versionOf } from "../programs.ts";
import { type Contender, freePort, type Pairing, type Place } from "../contender.ts";

const KEY = "bench";
/** It is the program itself, without a second process that watches over it. */
const NO_MONITOR = { STMONITORED: "yes" };
/** How often it is asked, in ms: each question costs it something. */
const ASK_MS = 50;

/** One instance: who it is, and where it listens and answers. */
interface Instance {
  name: "alice" | "bob";
  home: string;
  folder: string;
  id: string;
  port: number;
  api: number;
}

export const SYNCTHING: Contender = {
  name: "syncthing",
  live: true,
  bothWays: true,
  version: () => versionOf("syncthing", "--version"),
  async open(place) {
    const alice = await instance(place, "alice", place.source);
    const bob = await instance(place, "bob", place.target);
    const reached = place.through(alice.port);
    configure(alice, bob, "dynamic");
    configure(bob, alice, `tcp://127.0.0.1:${reached}`);
    return new SyncthingPair(place, [alice, bob]);
  },
};

async function instance({ path }: Place, name: Instance["name"], folder: string): Promise<Instance> {
  const home = `${path}/${name}`;
  await printed("syncthing", ["generate", `--home=${home}`]);
  const id = (await printed("syncthing", [`--home=${home}`, "--device-id"])).trim();
  Deno.mkdirSync(`${folder}/.stfolder`);
  return { name, home, folder, id, port: freePort(), api: freePort() };
}

/** Nothing is announced, relayed, reported or upgraded; the shortest delay of its watch, and no lower priority than others have. */
function configure(own: Instance, peer: Instance, address: string) {
  const device = ({ id, name }: Instance, address: string) =>
    `<device id="${id}" name="${name}" compression="metadata"><address>${address}</address></device>`;
  const off = ["globalAnnounceEnabled", "localAnnounceEnabled", "relaysEnabled", "natEnabled"];
  const none = ["startBrowser", "crashReportingEnabled", "setLowPriority"];
  Deno.writeTextFileSync(
    `${own.home}/config.xml`,
    `<configuration version="35">
  <folder id="bench" path="${own.folder}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="1">
    <device id="${own.id}"></device><device id="${peer.id}"></device>
  </folder>
  ${device(own, "dynamic")}${device(peer, address)}
  <gui enabled="true" tls="false"><address>127.0.0.1:${own.api}</address><apikey>${KEY}</apikey></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:${own.port}</listenAddress>
    ${[...off, ...none].map((name) => `<${name}>false</${name}>`).join("")}
    <urAccepted>-1</urAccepted><autoUpgradeIntervalH>0</autoUpgradeIntervalH><reconnectionIntervalS>1</reconnectionIntervalS>
  </options>
</configuration>
`,
  );
}

/** Where a folder stands, as far as we ask. */
interface FolderStatus {
  state: string;
  /** When it came into that state. */
  stateChanged: string;
  needTotalItems: number;
  localFiles: number;
  globalFiles: number;
}

class SyncthingPair implements Pairing {
  #running: Background[] = [];

  constructor(private readonly place: Place, private readonly instances: [Instance, Instance]) {}

  async sync() {
    const began = Date.now();
    this.#running = this.instances.map(({ name, home }) => {
      const flags = ["serve", `--home=${home}`, "--no-browser", "--no-restart", "--no-upgrade"];
      const program = background("syncthing", flags, NO_MONITOR);
      this.place.meter.add(name, program.pid);
      return program;
    });
    await this.place.until(() => this.#isConnected(), ASK_MS);
    await this.place.until(() => this.#isDone(began), ASK_MS);
  }

  async follow(act: () => void, holds: () => boolean) {
    act();
    await this.place.until(holds);
    await this.place.until(() => this.#isDone(0), ASK_MS);
  }

  async stop() {
    await Promise.all(this.#running.map((program) => program.stop()));
    this.#running = [];
  }

  [Symbol.asyncDispose]() {
    return this.stop();
  }

  async #isConnected(): Promise<boolean> {
    const [alice, bob] = this.instances;
    const told = await ask<{ connections: Record<string, { connected: boolean }> }>(
      bob,
      "system/connections",
    );
    return told?.connections[alice.id]?.connected ?? false;
  }

  /** Both have looked since `began` (ms), know of the same files, and need none. */
  async #isDone(began: number): Promise<boolean> {
    const told = await Promise.all(
      this.instances.map((each) => ask<FolderStatus>(each, "db/status?folder=bench")),
    );
    const [here, there] = told;
    return told.every((one) =>
      one?.state === "idle" && Date.parse(one.stateChanged) > began && one.needTotalItems === 0 &&
      one.localFiles === one.globalFiles
    ) && here!.globalFiles === there!.globalFiles && here!.globalFiles > 0;
  }
}

/** Null while it does not answer. */
async function ask<T>({ api }: Instance, what: string): Promise<T | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${api}/rest/${what}`, { headers: { "X-API-Key": KEY } });
    const text = await response.text();
    return response.ok ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
