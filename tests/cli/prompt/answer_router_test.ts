// Which question a y or n answers, with no screen about it.

import { assertEquals } from "@std/assert";
import { type Question, Questions } from "../../../src/cli/prompt/answer_router.ts";

/** Questions by name, and all that happened to them. */
function asking() {
  const log: string[] = [];
  const open = new Set<string>();
  const named = new Map<string, Question>();
  const questions = new Questions(() => log.push("too early"));
  const ask = (name: string) => {
    const question: Question = named.get(name) ?? {
      show: () => log.push(`${name}?`),
      open: () => open.has(name),
      answer(yes) {
        log.push(`${name}: ${yes}`);
        open.delete(name);
      },
    };
    named.set(name, question);
    open.add(name);
    questions.ask(question);
  };
  const type = (line: string) => {
    questions.begin();
    return questions.hear(line);
  };
  return { log, questions, ask, type, close: (name: string) => open.delete(name) };
}

Deno.test("questions: y and n answer the last one, then the one before is asked again", () => {
  const { log, ask, type } = asking();
  ask("a");
  ask("b");
  assertEquals([type("y"), type("No"), type("y")], [true, true, false]);
  assertEquals(log, ["a?", "b?", "b: true", "a?", "a: false"]);
});

Deno.test("questions: what is neither yes nor no answers nothing, and neither does anything when nothing is asked", () => {
  const { log, ask, type } = asking();
  assertEquals(type("y"), false);
  ask("a");
  for (const line of ["", "yy", "y n", "/accept", "nein", "ye"]) assertEquals(type(line), false, line);
  assertEquals(log, ["a?"]);
});

Deno.test("questions: one that closed without a word leaves the line begun for it answering nothing", () => {
  const { log, ask, type, close } = asking();
  ask("a");
  ask("b");
  close("b");
  assertEquals(type("y"), true);
  assertEquals(log, ["a?", "b?", "too early", "a?"]);
  type("n");
  assertEquals(log.at(-1), "a: false");
});

Deno.test("questions: one asked once more is another one to a line begun before", () => {
  const { log, ask, questions } = asking();
  ask("a");
  questions.begin();
  ask("a");
  assertEquals(questions.hear("y"), true);
  assertEquals(log, ["a?", "a?", "too early", "a?"]);
});

Deno.test("questions: a line is begun once for one answer only", () => {
  const { log, ask, questions } = asking();
  ask("a");
  ask("b");
  questions.begin();
  assertEquals([questions.hear("y"), questions.hear("y")], [true, true]);
  assertEquals(log, ["a?", "b?", "b: true", "a?", "too early", "a?"]);
});

Deno.test("questions: one below that closes changes nothing, and is never asked again", () => {
  const { log, ask, questions, type, close } = asking();
  ask("a");
  ask("b");
  close("a");
  questions.settle();
  assertEquals([type("y"), type("y")], [true, false]);
  assertEquals(log, ["a?", "b?", "b: true"]);
});
