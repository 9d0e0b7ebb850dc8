// The Windows program as people have it: dist/tcpsync.exe is the server and alice's client; bob's client runs from source
// on this system, which is not Windows. What follows `--` is the command that runs a Windows program here:
//   deno test -A scripts/windows -- wine

import { Person, type Scene } from "../../tests/scenarios/harness.ts";
import { Program } from "../../tests/scenarios/program.ts";

export const EXE = [...Deno.args, "dist/tcpsync.exe"];

function run(scene: Scene, name: string, ...flags: string[]): Program {
  const program = new Program(name, flags, EXE);
  scene.programs.add(program);
  return program;
}

/** A path of this system as Wine shows it to Windows programs. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

/** Somebody whose client is the exe. */
class WindowsPerson extends Person {
  override start(...more: string[]): Program {
    const places = ["--folder", windowsPath(this.folder.path), "--state", windowsPath(this.state)];
    const flags = ["--connect", `127.0.0.1:${this.scene.port}`, "--name", this.name, ...places];
    return this.program = run(this.scene, this.name, ...flags, ...this.flags, ...more);
  }
}

/** The exe as server and as the one who invites; neither client is started. */
export async function pair(scene: Scene): Promise<{ alice: Person; bob: Person }> {
  await serve(scene);
  return {
    alice: new WindowsPerson(scene, "alice", ["--invite", "bob", "--yes"]),
    bob: scene.person("bob", "--accept-from", "alice"),
  };
}

/** The same, but the one on Windows, alice again, is invited. */
export async function invitedPair(scene: Scene): Promise<{ alice: Person; bob: Person }> {
  await serve(scene);
  return {
    alice: new WindowsPerson(scene, "alice", ["--accept-from", "bob", "--yes"]),
    bob: scene.person("bob", "--invite", "alice"),
  };
}

async function serve(scene: Scene) {
  const state = windowsPath(scene.folder("server-state").path);
  const server = run(scene, "server", "--server", "--host", "127.0.0.1", "--port", "0", "--state", state);
  scene.port = (await scene.wait(server.event("listening"), "the server")).port;
}
