// tcpsync as a contender: a server, alice with the source and bob with the target, as processes, relayed and sealed.

import { PROGRAM, Program, running } from "../../tests/scenarios/program.ts";
import { type Contender, freePort, type Pairing, type Place } from "./contender.ts";
import { track, versionOf } from "./programs.ts";

/** What ends a time of being in sync, and what begins one. */
const STANDINGS = ["insync", "plan", "lost"];

/** The program at a path: a `main.ts` is run from source; null: this project's. */
export function ours(name: string, path: string | null): Contender {
  const command = path === null ? PROGRAM : path.endsWith(".ts") ? running(path) : [path];
  return {
    name,
    live: true,
    bothWays: true,
    version: () => versionOf(command[0]!, ...command.slice(1), "--version"),
    open: (place) => OurPair.open(place, command),
  };
}

/** The only way one of our processes ends before it is stopped is a defect. */
function checkRuns(program: Program) {
  if (program.hasEnded) throw new Error(`${program.name} has ended\n${program.story()}`);
}

/** Alice and bob with their server, which stays while they come and go. */
export class OurPair implements Pairing {
  #people: Program[] = [];

  static async open(place: Place, command: readonly string[]): Promise<OurPair> {
    const port = freePort();
    const own = [
      "--server",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--state",
      `${place.path}/server`,
    ];
    const server = new Program("server", own, command);
    track(server.pid, server.ended);
    place.meter.add("server", server.pid);
    await server.event("listening");
    return new OurPair(place, command, server, port);
  }

  private constructor(
    private readonly place: Place,
    private readonly command: readonly string[],
    private readonly server: Program,
    private readonly port: number,
  ) {}

  async sync() {
    const { place: { path, source, target, meter } } = this;
    const start = (name: string, port: number, folder: string, ...flags: string[]) => {
      const own = ["--name", name, "--folder", folder, "--state", `${path}/${name}`, "--scrub-days", "0"];
      const all = ["--connect", `127.0.0.1:${port}`, "--yes", ...own, ...flags];
      const program = new Program(name, all, this.command);
      track(program.pid, program.ended);
      meter.add(name, program.pid);
      return program;
    };
    this.#people = [
      start("alice", this.place.through(this.port), source, "--invite", "bob"),
      start("bob", this.port, target, "--accept-from", "alice"),
    ];
    await this.follow(() => {}, () => true);
  }

  /** Both say last, and after the act, that they are in sync, with one digest. */
  async follow(act: () => void, holds: () => boolean) {
    const marks = this.#people.map((person) => person.mark());
    act();
    await this.place.until(() => {
      this.#people.forEach(checkRuns);
      const [here, there] = this.#people.map(({ events }, number) => {
        const last = events.slice(marks[number]).findLast(({ event }) => STANDINGS.includes(event));
        return last?.event === "insync" ? last.digest : undefined;
      });
      return here !== undefined && here === there && holds();
    });
  }

  async stop() {
    await Promise.all(this.#people.map((person) => person.stop()));
    this.#people = [];
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
    await this.server.stop();
  }
}
