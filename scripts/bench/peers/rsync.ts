// rsync as a peer: a daemon that has the source, and a client that runs to its end each time. It neither watches nor seals; through
// stunnel it is sealed.

import { background, printed, versionOf } from "../programs.ts";
import { type Contender, freePort, onceMore, type Pairing, type Place } from "../contender.ts";

/** `flags` say what is kept and how. */
export function rsync(name: string, ...flags: string[]): Contender {
  return {
    name,
    live: false,
    bothWays: false,
    version: () => versionOf("rsync", "--version"),
    async open(place) {
      const daemon = await startDaemon(place);
      return pairing(place, place.through(daemon.port), flags, [daemon]);
    },
  };
}

/** The same, through two ends of stunnel. */
export const RSYNC_SEALED: Contender = {
  name: "rsync through stunnel",
  live: false,
  bothWays: false,
  async version() {
    const [inner, outer] = [await versionOf("rsync", "--version"), await versionOf("stunnel", "-version")];
    return inner && outer && await versionOf("openssl", "version") ? `${inner}, ${outer}` : null;
  },
  async open(place) {
    const daemon = await startDaemon(place);
    const tunnel = await startTunnel(place, daemon.port);
    return pairing(place, tunnel.port, ["-a"], [daemon, ...tunnel.ends]);
  },
};

interface Stopping {
  stop(): Promise<void>;
}

function pairing(place: Place, port: number, flags: string[], programs: Stopping[]): Pairing {
  const from = `rsync://127.0.0.1:${port}/source/`;
  const sync = () => place.meter.run("client", "rsync", [...flags, "--delete", from, `${place.target}/`]);
  return {
    sync,
    follow: (act, holds) => onceMore(sync, act, holds),
    stop: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map((program) => program.stop()));
    },
  };
}

async function startDaemon(place: Place): Promise<Stopping & { port: number }> {
  const { path, source, meter } = place;
  const port = freePort();
  const conf = `${path}/rsyncd.conf`;
  const whole = [`port = ${port}`, "address = 127.0.0.1", "use chroot = no"];
  const module = [
    "[source]",
    `path = ${source}`,
    "read only = yes",
    `uid = ${Deno.uid()}`,
    `gid = ${Deno.gid()}`,
  ];
  Deno.writeTextFileSync(conf, [...whole, ...module, ""].join("\n"));
  const daemon = background("rsync", ["--daemon", "--no-detach", `--config=${conf}`]);
  meter.add("daemon", daemon.pid);
  await place.listening(port);
  return { port, stop: () => daemon.stop() };
}

/** Returns the port that leads to `port` sealed. */
async function startTunnel(place: Place, port: number): Promise<{ port: number; ends: Stopping[] }> {
  const { path, meter } = place;
  const [key, cert] = [`${path}/key.pem`, `${path}/cert.pem`];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
  await printed("openssl", [...request, "-keyout", key, "-out", cert]);
  const start = async (name: string, to: number, ...more: string[]) => {
    const from = freePort();
    const service = ["[rsync]", `accept = 127.0.0.1:${from}`, `connect = 127.0.0.1:${to}`, ...more, ""];
    Deno.writeTextFileSync(`${path}/${name}.conf`, ["foreground = yes", "pid =", ...service].join("\n"));
    const end = background("stunnel", [`${path}/${name}.conf`]);
    meter.add(`stunnel ${name}`, end.pid);
    await place.listening(from);
    return { from, end };
  };
  const far = await start("far", port, `cert = ${cert}`, `key = ${key}`);
  const near = await start("near", place.through(far.from), "client = yes");
  return { port: near.from, ends: [near.end, far.end] };
}
