// Digests in hex and as bytes are the same on every runtime.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { bytesToHex, hexToBytes, spelledBytes, spelledOut } from "../../src/core/hex.ts";

Deno.test("bytes come back from their hex digits, by the runtime's own way and by ours", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assertEquals(bytesToHex(bytes), spelledOut(bytes));
    const digits = spelledOut(bytes);
    assertEquals([hexToBytes(digits), spelledBytes(digits)], [bytes, bytes]);
  }));
});

Deno.test("digits are in lower case, two for each byte, of a part of a buffer as well", () => {
  const part = Uint8Array.of(7, 0, 10, 255, 7).subarray(1, 4);
  assertEquals([bytesToHex(part), spelledOut(part)], ["000aff", "000aff"]);
});
