// What deno doc complains of, and which of it is none.

import { assertEquals, assertThrows } from "@std/assert";
import { complaintsOf, isOfImported } from "../../scripts/doc_lint.ts";

const OUTPUT = `error[missing-jsdoc]: exported symbol is missing JSDoc documentation
  --> /project/src/core/a.ts:3:1
   |${" "}
 3 | export class A {}

error[private-type-ref]: public type 'B' references private type 'C'
 --> /project/src/core/b.ts:12:14
   = hint: make the referenced type public or remove the reference

error: Found 2 documentation lint errors.
`;

Deno.test("doc lint: each complaint is found with its place", () => {
  const [one, other] = complaintsOf(OUTPUT);
  assertEquals([one?.rule, one?.place], ["missing-jsdoc", "/project/src/core/a.ts:3:1"]);
  assertEquals([other?.rule, other?.path], ["private-type-ref", "/project/src/core/b.ts"]);
});

Deno.test("doc lint: what is not understood is no pass", () => {
  assertThrows(() => complaintsOf(OUTPUT.replace("Found 2", "Found 3")), Error, "not understood");
  assertThrows(() => complaintsOf("error: Module not found"), Error, "not understood");
});

Deno.test("doc lint: a type is private where it is the file's own, and not where it is imported", () => {
  const [documented, referring] = complaintsOf(OUTPUT);
  const imports = 'import {\n  type B,\n  type C,\n} from "../c.ts";';
  assertEquals(isOfImported(referring!, imports), true);
  assertEquals(isOfImported(referring!, 'import type { Cause } from "../c.ts";\ninterface C {}'), false);
  assertEquals(isOfImported(documented!, imports), false);
});
