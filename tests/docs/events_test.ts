// docs/events.md: it has each event and object as it is declared, an example of each, and every field that real programs print.

import { assertEquals } from "@std/assert";
import { scenario, type Scene } from "../scenarios/harness.ts";
import { PROGRAM } from "../scenarios/program.ts";
import { constantWith, EVENTS, EXAMPLES, objections } from "./printed.ts";

const EVENT = new URL("../../src/core/event.ts", import.meta.url).href;
const OBJECTS = new URL("../../src/cli/history/objects.ts", import.meta.url).href;

/** What commands print, as the page names it and in the order of its examples, and as it is declared. */
const PRINTED: [name: string, declared: string][] = [
  ["Batch", "BatchObject"],
  ["HistoryEntry", "HistoryEntryObject"],
  ["Unread", "UnreadObject"],
  ["Why", "WhyObject"],
  ["Conflict", "ConflictObject"],
  ["UndoPlan", "UndoPlanObject"],
  ["Undone", "UndoneObject"],
  ["Resolved", "ResolvedObject"],
];

/** An event may be declared in several ways: a field that not all have is left out at times. `Wrong`: the fields that are not the same
 * in both. */
const COMPARING = `
type Keys<U> = U extends unknown ? keyof U : never;
type IsThere<U, K extends PropertyKey> = U extends unknown
  ? K extends keyof U ? {} extends Pick<U, K> ? false : true : false
  : never;
type Always<U> = { [K in Keys<U>]: [IsThere<U, K>] extends [true] ? K : never }[Keys<U>];
type Held<U, K> = U extends unknown ? K extends keyof U ? Exclude<U[K], undefined> : never : never;
type Merged<U> = { [K in Always<U>]: Held<U, K> } & { [K in Exclude<Keys<U>, Always<U>>]?: Held<U, K> };
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
type One<T, K> = { [P in keyof T as P extends K ? P : never]: T[P] };
type Wrong<A, B> = {
  [K in keyof A | keyof B]-?: Same<One<A, K>, One<B, K>> extends true ? never : K;
}[keyof A | keyof B];
type None<T> = [T] extends [never] ? true : T;
`;

const isNone = (name: string, what: string) =>
  constantWith(name.replaceAll("-", "_"), `None<${what}>`, "true");

Deno.test("events: the page has each event and object with the fields that are declared", async () => {
  const told = await objections(
    `import type { Event } from "${EVENT}";`,
    `import type * as declared from "${OBJECTS}";`,
    COMPARING,
    isNone("notOnThePage", `Exclude<Event["event"], keyof Events>`),
    isNone("notDeclared", `Exclude<keyof Events, Event["event"]>`),
    isNone(
      "objects",
      `Exclude<declared.HistoryObject, ${PRINTED.map(([, type]) => `declared.${type}`).join(" | ")}>`,
    ),
    ...EVENTS.map((event) =>
      isNone(
        `wrong_${event}`,
        `Wrong<Omit<Events["${event}"], "time">, Merged<Extract<Event, { event: "${event}" }>>>`,
      )
    ),
    ...PRINTED.map(([name, type]) => isNone(`wrong_${name}`, `Wrong<${name}, declared.${type}>`)),
  );
  assertEquals(told, "");
});

Deno.test("events: the page has an example of each, and each is what the page says", async () => {
  const isEvent = (line: string) => line.startsWith('{"event"');
  const events = EXAMPLES.filter(isEvent);
  const objects = EXAMPLES.filter((line) => !isEvent(line));
  assertEquals(events.map((line) => JSON.parse(line).event), EVENTS);
  assertEquals(objects.length, PRINTED.length);
  const told = await objections(
    constantWith("events", "Printed[]", `[\n${events.join(",\n")}]`),
    ...PRINTED.map(([name], at) => constantWith(`an${name}`, name, objects[at]!)),
  );
  assertEquals(told, "");
});

scenario("events: what a server, two clients and each command print is on the page", async (scene) => {
  const { alice, bob } = await scene.pair();
  alice.folder.write("plan.txt", "one");
  alice.folder.write("docs/a", "a");
  alice.folder.write("docs/.tcpsync", "a problem");
  bob.folder.write("plan.txt", "other");
  alice.start();
  bob.start();
  await alice.event("verified");
  alice.folder.remove("docs");
  await bob.event("insync", ({ files }) => files === 2);
  await bob.program.stop();
  await alice.event("lost");
  await alice.program.stop();
  const asked: [type: string, ...words: string[]][] = [
    ["Batch", "history"],
    ["HistoryEntry", "history", "docs/a"],
    ["Why", "why", "plan.txt"],
    ["Conflict", "conflicts"],
    ["UndoPlan | Undone", "undo"],
    ["Resolved", "resolve", "plan.txt", "mine"],
    ["Printed", "verify"],
  ];
  const own = ["--folder", alice.folder.path, "--state", alice.state, "--json"];
  const answers: string[] = [];
  for (const [type, word, ...rest] of asked) {
    const lines = await printed(scene, [word!, ...own, ...rest]);
    assertEquals(lines.length > 0, true, word);
    answers.push(constantWith(`${word}${rest.length}`, `(${type})[]`, `[\n${lines.join(",\n")}]`));
  }
  const events = [scene.server, alice.program, bob.program].flatMap(({ events }) => events);
  assertEquals(
    await objections(constantWith("events", "Printed[]", JSON.stringify(events, null, 1)), ...answers),
    "",
  );
});

async function printed(scene: Scene, words: string[]): Promise<string[]> {
  const { stdout, stderr } = await scene.wait(
    new Deno.Command(PROGRAM[0]!, { args: [...PROGRAM.slice(1), ...words], stdin: "null" }).output(),
    words[0]!,
  );
  const text = new TextDecoder();
  assertEquals(text.decode(stderr), "");
  return text.decode(stdout).trim().split("\n");
}
