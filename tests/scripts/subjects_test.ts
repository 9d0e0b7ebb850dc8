// The check of commits' subjects.

import { assertEquals } from "@std/assert";
import { longSubjects } from "../../scripts/subjects.ts";

Deno.test("subjects: one of 72 characters passes, a longer one is told with its commit", () => {
  const log = [`1a2b3c4 ${"ü".repeat(72)}`, `1a2b3c5 ${"a".repeat(73)}`, "1a2b3c6 Short", ""];
  assertEquals(longSubjects(log.join("\n")), [log[1]]);
  assertEquals(longSubjects(""), []);
});
