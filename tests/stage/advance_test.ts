// How much further wanted content has come, as both sides count it.

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { Advance } from "../../src/stage/advance.ts";
import { NO_BLOCKS as blocks } from "../../src/wire/fixed_blocks.ts";

const MIB = 1 << 20;

/** A file of 10 MB of which this is wanted, and the pieces that come: what is counted after each. */
const ROWS: [what: string, want: { offset: number; part: number }, pieces: number[], counted: number[]][] = [
  ["from its beginning", { offset: 0, part: 0 }, [MIB, 3 * MIB], [MIB, 3 * MIB]],
  ["on from where it stopped", { offset: 4 * MIB, part: 4 * MIB }, [MIB], [MIB]],
  ["a part that is looked through again", { offset: 0, part: 4 * MIB }, [3 * MIB, 3 * MIB, MIB], [
    0,
    2 * MIB,
    MIB,
  ]],
  ["a part that is said to be longer than the file", { offset: 0, part: 99 * MIB }, [3 * MIB], [0]],
];

for (const [what, want, pieces, counted] of ROWS) {
  Deno.test(`what has come counts once: ${what}`, () => {
    const advance = new Advance();
    advance.begin([{ index: 7, path: "a" as Path, size: 10 * MIB, mtime: 0, digest: "", blocks, ...want }]);
    const after = pieces.map((length) => {
      advance.piece(7, length);
      return advance.take();
    });
    assertEquals([after, advance.take()], [counted, 0]);
    advance.piece(1, 5); // Small files come whole.
    assertEquals(advance.take(), 5);
  });
}
