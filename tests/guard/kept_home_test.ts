// What is ignored here stays home (RULES T1) when the other side's rules or renames would lift that, on two real folders; whoever stops when.

import { assertEquals } from "@std/assert";
import { OTHER, type SideName } from "../../src/core/side.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";

const RULES = ".tcpsyncignore";
const read = Deno.readTextFileSync;

/** Two sides in sync, of which `here` has what is ignored, and ignored it alone or by rules of both. */
function duoHiding(rules: string, hidden: string[], here: SideName, agreed: Record<string, string> = {}) {
  const duo = duoWith({ [RULES]: rules, ...agreed }, here);
  duo.lets = false;
  for (const path of hidden) write(duo[here].native(path), `hidden ${path}`);
  duo.settle();
  return duo;
}

/** What would travel to the other side, was it not for this; none of it has. */
function liftedAfter(duo: Duo, here: SideName, hidden: string[]): string[] {
  duo.settle();
  const there = filesIn(duo[OTHER[here]].folder);
  assertEquals(hidden.filter((path) => there.has(path)), [], "it travelled");
  const { asked } = duo[here].endpoint.lifted();
  return asked;
}

const HIDDEN = ["secret/a", ".env", "deep/.env"];

/** What changes a disk. */
const WRITES = new Set(["create", "hardLink", "rename", "remove", "removeIfThere", "copy", "makeDirectory"]);

/** What the other side may do to the rules. */
const LIFTS: [what: string, act: (folder: string) => void][] = [
  ["emptied", (folder) => write(`${folder}/${RULES}`, "")],
  ["changed", (folder) => write(`${folder}/${RULES}`, "*.tmp\n")],
  ["taken back by name", (folder) => write(`${folder}/${RULES}`, "secret/\n.env\n!secret/\n!.env\n")],
  ["deleted", (folder) => Deno.removeSync(`${folder}/${RULES}`)],
  ["renamed", (folder) => Deno.renameSync(`${folder}/${RULES}`, `${folder}/rules.txt`)],
];

for (const here of ["alpha", "beta"] as const) {
  for (const [what, act] of LIFTS) {
    Deno.test(`I4: rules that the other side ${what} lift nothing, also after a restart (${here})`, () => {
      using duo = duoHiding("secret/\n.env\n", HIDDEN, here, { "deep/file": "x" });
      act(duo[OTHER[here]].folder);
      assertEquals(liftedAfter(duo, here, HIDDEN).sort(), [".env", "deep/.env", "secret"]);
      duo.restart();
      assertEquals(liftedAfter(duo, here, HIDDEN).sort(), [".env", "deep/.env", "secret"]);
      duo[here].endpoint.answerLifted(duo[here].endpoint.lifted().asked, true);
      duo.settle();
      assertEquals(filesIn(duo.alpha.folder), filesIn(duo.beta.folder));
      assertEquals(read(duo[OTHER[here]].native("secret/a")), "hidden secret/a");
      assertEquals(duo[here].endpoint.lifted().asked, []);
    });
  }

  Deno.test(`I4 I6: rules that the other side made a folder lift nothing, also after a restart (${here})`, () => {
    using duo = duoHiding("secret/\n.env\n", HIDDEN, here, { "deep/file": "x" });
    const there = duo[OTHER[here]];
    Deno.removeSync(there.native(RULES));
    write(there.native(`${RULES}/file`), "x");
    assertEquals(liftedAfter(duo, here, HIDDEN).sort(), [".env", "deep/.env", "secret"]);
    duo.restart();
    assertEquals(liftedAfter(duo, here, HIDDEN).sort(), [".env", "deep/.env", "secret"]);
    assertEquals(filesIn(duo[here].folder).has(RULES), false, "there nobody knows what the rules are to be");
    Deno.removeSync(there.native(RULES), { recursive: true });
    duo[here].endpoint.answerLifted(duo[here].endpoint.lifted().asked, true);
    duo.settle();
    assertEquals(filesIn(duo.alpha.folder), filesIn(duo.beta.folder));
    assertEquals(read(there.native("secret/a")), "hidden secret/a");
  });

  Deno.test(`I4: a rename by the other side leads nothing out of a rule (${here})`, () => {
    using duo = duoHiding(
      "/project/secret/\n/project/deep/*.key\n",
      ["project/secret/a", "project/deep/my.key"],
      here,
      {
        "project/file": "x",
        "project/deep/file": "x",
      },
    );
    const there = duo[OTHER[here]].folder;
    Deno.renameSync(`${there}/project`, `${there}/moved`);
    const hidden = ["moved/secret/a", "moved/deep/my.key"];
    assertEquals(liftedAfter(duo, here, hidden), ["moved/deep/my.key", "moved/secret"]);
    Deno.renameSync(`${there}/moved`, `${there}/again`);
    duo.restart();
    assertEquals(liftedAfter(duo, here, ["again/secret/a", "again/deep/my.key"]), [
      "again/deep/my.key",
      "again/secret",
    ]);
    assertEquals(read(duo[here].native("again/secret/a")), "hidden project/secret/a");
    // Led back to where a rule ignores it, it is as it was.
    Deno.renameSync(`${there}/again`, `${there}/project`);
    assertEquals(liftedAfter(duo, here, ["project/secret/a", "project/deep/my.key"]), []);
  });

  Deno.test(`I4: this side's own edit is a permission, whether or not it runs (${here})`, () => {
    using duo = duoHiding("secret/\n.env\n", HIDDEN, here, { "deep/file": "x" });
    write(duo[here].native(RULES), ".env\n");
    assertEquals(liftedAfter(duo, here, [".env"]), []);
    assertEquals(read(duo[OTHER[here]].native("secret/a")), "hidden secret/a");
    duo[here].restart(() => write(duo[here].native(RULES), ""));
    duo.connect();
    assertEquals(liftedAfter(duo, here, []), []);
    assertEquals(read(duo[OTHER[here]].native(".env")), "hidden .env");
  });

  Deno.test(`I4: what was refused stays, until this side takes it back by name (${here})`, () => {
    using duo = duoHiding("secret/\n.env\n", HIDDEN, here, { "deep/file": "x" });
    write(duo[OTHER[here]].native(RULES), "");
    const { endpoint } = duo[here];
    endpoint.answerLifted((liftedAfter(duo, here, HIDDEN), endpoint.lifted().asked), false);
    duo.restart();
    assertEquals(liftedAfter(duo, here, HIDDEN), []);
    assertEquals(duo[here].endpoint.lifted().refused, [".env", "deep/.env", "secret"]);
    write(duo[here].native(RULES), "*.tmp\n");
    assertEquals(liftedAfter(duo, here, HIDDEN), []);
    write(duo[here].native(RULES), "*.tmp\n!secret\n");
    assertEquals(liftedAfter(duo, here, [".env", "deep/.env"]), []);
    assertEquals(read(duo[OTHER[here]].native("secret/a")), "hidden secret/a");
    assertEquals(duo[here].endpoint.lifted().refused, [".env", "deep/.env"]);
  });

  Deno.test(`I4: what stays home does so under the name this side gives it (${here})`, () => {
    using duo = duoHiding("secret/\n.env\n", HIDDEN, here, { "deep/file": "x" });
    write(duo[OTHER[here]].native(RULES), "");
    liftedAfter(duo, here, HIDDEN);
    const { folder } = duo[here];
    Deno.renameSync(`${folder}/secret`, `${folder}/deep/private`);
    Deno.renameSync(`${folder}/.env`, `${folder}/settings`);
    assertEquals(liftedAfter(duo, here, ["deep/private/a", "settings"]), [
      "deep/.env",
      "deep/private",
      "settings",
    ]);
    write(`${folder}/deep/.env`, "edited");
    duo.restart();
    assertEquals(liftedAfter(duo, here, ["deep/private/a", "settings", "deep/.env"]).length, 3);
  });

  Deno.test(`I4: what the other side makes of that name does not enter, and is refused alone (${here})`, () => {
    using duo = duoHiding("secret/\n.env\n", HIDDEN, here, { "deep/file": "x" });
    const there = duo[OTHER[here]];
    write(there.native(RULES), "");
    liftedAfter(duo, here, HIDDEN);
    write(there.native("secret/planted"), "x");
    write(there.native(".env"), "x");
    write(there.native("other"), "x");
    duo.cycle();
    duo.cycle();
    const files = filesIn(duo[here].folder);
    assertEquals([files.get(".env"), files.has("secret/planted"), files.get("other")], [
      "hidden .env",
      false,
      "x",
    ]);
    // Gone here, the name is free.
    Deno.removeSync(duo[here].native(".env"));
    duo.cycle();
    duo.cycle();
    assertEquals([read(duo[here].native(".env")), read(there.native(".env"))], ["x", "x"]);
  });

  for (
    const [what, act, places] of [
      ["the rules change", (folder: string) => write(`${folder}/${RULES}`, "!/d/secret/\n"), ["d/secret"]],
      ["a folder moves", (folder: string) => Deno.renameSync(`${folder}/d`, `${folder}/e`), ["e/secret"]],
    ] as const
  ) {
    Deno.test(`I4: wherever this side is stopped while ${what}, nothing travels (${here})`, () => {
      for (let calls = 0;; calls++) {
        using duo = duoHiding("/d/secret/\n", ["d/secret/a"], here, { "d/file": "x" });
        act(duo[OTHER[here]].folder);
        duo.decide();
        let left = calls;
        const isDead = duo[here].killWhen((method) => WRITES.has(method) && left-- <= 0);
        try {
          duo.cycle();
        } catch {
          // Stopped.
        }
        if (!isDead()) return;
        duo.restart();
        assertEquals(
          liftedAfter(duo, here, ["d/secret/a", "e/secret/a"]),
          places,
          `stopped at call ${calls}`,
        );
      }
    });
  }

  Deno.test(`I4: rules that a power cut damaged hold until others come (${here})`, () => {
    using duo = duoHiding("", [], here, { "deep/file": "x" });
    write(duo[OTHER[here]].native(RULES), "secret/\n.env\n");
    duo.settle();
    for (const path of HIDDEN) write(duo[here].native(path), `hidden ${path}`);
    duo.settle();
    const rules = duo[here].native(RULES);
    const { mtime } = Deno.statSync(rules);
    duo[here].powerCut(() => write(rules, "\0".repeat(13), mtime!));
    write(duo[OTHER[here]].native(RULES), "# none\n");
    duo.connect();
    assertEquals(liftedAfter(duo, here, HIDDEN), [".env", "deep/.env", "secret"]);
    assertEquals(read(rules), "# none\n");
  });

  Deno.test(`I4: an undo that the other side asks for lifts nothing (${here})`, () => {
    using duo = duoHiding("", [], here, { "deep/file": "x" });
    write(duo[OTHER[here]].native(RULES), "secret/\n.env\n");
    duo.settle();
    for (const path of HIDDEN) write(duo[here].native(path), `hidden ${path}`);
    duo.settle();
    duo[OTHER[here]].historyService.undo();
    assertEquals(liftedAfter(duo, here, HIDDEN), [".env", "deep/.env", "secret"]);
    assertEquals(read(duo[here].native(RULES)), "");
  });
}
