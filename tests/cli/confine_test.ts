// What a server and a client give up: tried in programs of their own, since what is given up is gone for good.

import { assertEquals } from "@std/assert";
import { PERMISSIONS } from "../../scripts/compile.ts";
import { temporary } from "../support/folder.ts";

const confine = new URL("../../src/cli/confine.ts", import.meta.url).href;

/** Runs `body` with these permissions, without a terminal; gives what it prints. */
async function outcomeOf(body: string, permissions = ["-A"]): Promise<unknown> {
  using folder = temporary();
  const script = `
    import { confineClient, confineServer } from ${JSON.stringify(confine)};
    import { DatabaseSync } from "node:sqlite";
    import { statfsSync } from "node:fs";
    const folder = ${JSON.stringify(folder.path)};
    const attempt = (work) => { try { work(); return "done"; } catch (error) { return error.name; } };
    ${body}`;
  const file = `${folder.path}/script.js`;
  Deno.writeTextFileSync(file, script);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--cached-only", "--no-prompt", ...permissions, file],
    stdin: "null",
  }).output();
  const [printed, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!printed) throw new Error(complaint);
  return JSON.parse(printed);
}

const TRIES = `{
  read: attempt(() => Deno.readTextFileSync(folder + "/script.js")),
  write: attempt(() => Deno.writeTextFileSync(folder + "/new", "")),
  open: attempt(() => new DatabaseSync(folder + "/other.db").close()),
  run: attempt(() => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync()),
  load: attempt(() => Deno.dlopen(folder + "/new", {})),
  system: attempt(() => Deno.networkInterfaces()),
  room: attempt(() => statfsSync(folder)),
  listen: attempt(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close()),
}`;

for (const journal of ["delete", "truncate", "wal"]) {
  Deno.test(`a confined server has its sockets, and its open database with a journal (${journal})`, async () => {
    const outcome = await outcomeOf(`
      const database = new DatabaseSync(folder + "/server.db");
      database.exec("PRAGMA journal_mode = ${journal}; CREATE TABLE names (name TEXT)");
      confineServer();
      const tries = ${TRIES};
      const insert = database.prepare("INSERT INTO names VALUES (?)");
      database.exec("BEGIN");
      for (let number = 0; number < 5000; number++) insert.run("name " + number);
      database.exec("COMMIT; BEGIN; DELETE FROM names; ROLLBACK");
      const { count } = database.prepare("SELECT count(*) AS count FROM names").get();
      database.close();
      console.log(JSON.stringify({ ...tries, count }));`);
    const none = "NotCapable";
    assertEquals(outcome, {
      ...{ read: none, write: none, open: none, run: none, load: none, system: none },
      ...{ room: none, listen: "done", count: 5000 },
    });
  });
}

Deno.test("a confined client has its files and sockets, asks for room, and starts no program", async () => {
  const none = "NotCapable";
  const permissions = [...Object.keys(PERMISSIONS), "--allow-run", "--allow-ffi"];
  assertEquals(await outcomeOf(`confineClient(); console.log(JSON.stringify(${TRIES}));`, permissions), {
    ...{ read: "done", write: "done", open: "done", run: none, load: none, system: none, listen: "done" },
    room: "done",
  });
});
