// The password from a file, as people and their editors write it, and typed twice.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { readPassword } from "../../../src/cli/prompt/password.ts";
import { UserError } from "../../../src/core/failure.ts";
import { temporary } from "../../support/folder.ts";
import { utf16 } from "../../support/bytes.ts";

const GOOD: [what: string, content: string | Uint8Array, password: string][] = [
  ["a line", "hush\n", "hush"],
  ["a line without its end", "hush", "hush"],
  ["a Windows line", "hush\r\n", "hush"],
  ["more lines, which do not count", "hush\nmore\n", "hush"],
  ["spaces, which count", " hu sh \n", " hu sh "],
  ["a mark of Notepad's", "\ufeffhush\r\n", "hush"],
  ["two bytes a character", utf16("\ufeffhüsh\r\n"), "hüsh"],
  ["letters of any script", "пароль 密\n", "пароль 密"],
  ["the longest", "x".repeat(1024) + "\n", "x".repeat(1024)],
  ["the longest in bytes", "密".repeat(1024) + "\r\n", "密".repeat(1024)],
];

const BAD: [what: string, content: string | Uint8Array, says: RegExp][] = [
  ["nothing", "", /first line of .* is empty: write the password there/],
  ["an empty first line", "\nhush\n", /is empty/],
  ["a mark alone", "\ufeff", /is empty/],
  ["too much", "x".repeat(1025), /longer than 1,024 characters/],
  ["far too much", "x".repeat(100_000), /longer than 1,024 characters/],
  ["far too much, cut in a letter", "x" + "密".repeat(10_000), /longer than 1,024 characters/],
  ["no text", new Uint8Array([0xff, 0x80, 0x81]), /is no text/],
];

for (const [what, content, password] of GOOD) {
  Deno.test(`password file: ${what}`, () => {
    using folder = temporary();
    const warnings: string[] = [];
    assertEquals(readPassword(written(folder.path, content), (text) => warnings.push(text)), password);
    assertEquals(warnings, []);
  });
}

for (const [what, content, says] of BAD) {
  Deno.test(`password file: ${what} is refused with one line, which does not repeat it`, () => {
    using folder = temporary();
    const file = written(folder.path, content);
    const { message } = assertThrows(() => readPassword(file, () => {}), UserError);
    assertMatch(message, says);
    assertEquals(/\n|xxx/.test(message), false);
  });
}

Deno.test("password file: missing, or a folder, is refused with one line", () => {
  using folder = temporary();
  assertThrows(() => readPassword(`${folder.path}/none`, () => {}), UserError, "There is no password file");
  assertThrows(() => readPassword(folder.path, () => {}), UserError, folder.path);
});

Deno.test({
  name: "password file: one that others can read is warned about, and goes on",
  ignore: Deno.build.os === "windows",
  fn() {
    using folder = temporary();
    const file = written(folder.path, "hush\n");
    Deno.chmodSync(file, 0o640);
    const warnings: string[] = [];
    assertEquals(readPassword(file, (text) => warnings.push(text)), "hush");
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0]!, /^Others on this computer can read .*chmod 600/);
  },
});

function written(folder: string, content: string | Uint8Array): string {
  const file = `${folder}/password.txt`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  Deno.writeFileSync(file, bytes, { mode: 0o600 });
  return file;
}
