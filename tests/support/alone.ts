// One person who works alone in a small folder, now and then going back to what it was at the start.

import { dirname } from "node:path";
import fc from "./property.ts";
import { filesIn, write } from "./folder.ts";

const AGREED = { a: "1", b: "22", "d/a": "1", "d/b": "333", "d/e/a": "4444", "g/x": "5", "g/y": "66" };
const PLACES = ["a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "f", "g", "g/x", "h/d"];
const place = fc.constantFrom(...PLACES);

/** What the person does: "back" is to make everything again what it was at the start. */
export type Act =
  | { do: "write"; at: string; content: string }
  | { do: "remove"; at: string }
  | { do: "rename"; at: string; to: string }
  | { do: "back" };
export const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant("write" as const),
    at: place,
    content: fc.constantFrom("1", "22", "new", "x"),
  }),
  fc.record({ do: fc.constant("remove" as const), at: place }),
  fc.record({ do: fc.constant("rename" as const), at: place, to: place }),
  fc.record({ do: fc.constant("back" as const) }),
);

/** What is not there, or cannot be there, leaves the act undone. */
export function perform(folder: string, act: Act) {
  if (act.do === "back") return startAnew(folder);
  const path = `${folder}/${act.at}`;
  try {
    if (act.do === "write") write(path, act.content);
    else if (act.do === "remove") Deno.removeSync(path, { recursive: true });
    else if (!filesIn(folder).has(act.to)) {
      Deno.mkdirSync(dirname(`${folder}/${act.to}`), { recursive: true });
      Deno.renameSync(path, `${folder}/${act.to}`);
    }
  } catch (error) {
    if (!(error instanceof Error && /os error/.test(error.message))) throw error;
  }
}

export function startAnew(folder: string) {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (name !== ".tcpsync") Deno.removeSync(`${folder}/${name}`, { recursive: true });
  }
  for (const [at, content] of Object.entries(AGREED)) write(`${folder}/${at}`, content);
}
