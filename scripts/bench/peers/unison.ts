// unison as a peer: a server on a socket that has the source, and a client that runs to its end each time, both ways.

import { background, versionOf } from "../programs.ts";
import { type Contender, freePort, onceMore } from "../contender.ts";

const FLAGS = ["-batch", "-auto", "-ui", "text", "-confirmbigdel=false", "-times"];

export const UNISON: Contender = {
  name: "unison",
  live: false,
  bothWays: true,
  version: () => versionOf("unison", "-version"),
  async open(place) {
    const { path, source, target, meter } = place;
    const port = freePort();
    const server = background("unison", ["-socket", String(port)], { UNISON: `${path}/server` });
    meter.add("server", server.pid);
    await place.listening(port);
    const roots = [target, `socket://127.0.0.1:${place.through(port)}/${source}`];
    const sync = () => meter.run("client", "unison", [...roots, ...FLAGS], { UNISON: `${path}/client` });
    return {
      sync,
      follow: (act, holds) => onceMore(sync, act, holds),
      stop: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
};
