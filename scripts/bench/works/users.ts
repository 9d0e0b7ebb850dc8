// What the server holds for people who are there and do nothing.

import { present } from "../../../tests/support/bare_client.ts";
import { PROGRAM, Program } from "../../../tests/scenarios/program.ts";
import { pause } from "../contender.ts";
import { residentBytes } from "../meter.ts";
import { track } from "../programs.ts";

/** Until what the arrivals left behind is freed. */
const CALM_MS = 5000;
/** So many come before it is counted: the first ones bring what is there once. */
const FIRST = 20;
/** As many come at once, so that the server's pace for arrivals is kept. */
const AT_ONCE = 10;

/** KB for each of so many idle users, at a server whose state is at `state`: a hundred at most, since all come from one network, which has
 * only so many new names. */
export async function idleUsers(state: string, users: number): Promise<number> {
  const own = ["--server", "--host", "127.0.0.1", "--port", "0", "--state", state];
  const server = new Program("server", own, PROGRAM);
  track(server.pid, server.ended);
  try {
    const { port } = await server.event("listening");
    const clients = await arrive(port, 0, FIRST);
    await pause(CALM_MS);
    const before = residentBytes(server.pid);
    clients.push(...await arrive(port, FIRST, FIRST + users));
    await pause(CALM_MS);
    const held = (residentBytes(server.pid) - before) / users / 1000;
    for (const { channel } of clients) channel.close();
    return held;
  } finally {
    await server.stop();
  }
}

async function arrive(port: number, from: number, to: number) {
  const clients = [];
  for (let number = from; number < to; number += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, to - number) }, (_, more) => `user${number + more}`);
    clients.push(...await Promise.all(names.map((name) => present(port, name))));
  }
  return clients;
}
