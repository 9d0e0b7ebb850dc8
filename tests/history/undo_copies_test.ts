// D1, S4: what undoing, or settling a conflict, has to copy from one disk to another is copied in slices: no call goes on for long, what is
// done meanwhile stays done, and all is told once it is over.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotYet } from "../../src/core/failure.ts";
import { HistoryService } from "../../src/history/history_service.ts";
import { Duo } from "../support/duo.ts";
import { nextTime, temporary, write } from "../support/folder.ts";
import { Mount } from "../support/mounts.ts";
import { diskThatCounts, Pieces, slowClock, stoppedClock } from "../support/slices.ts";

const MIB = 1 << 20;
/** So much is read in one call at most. */
const PIECE = 3 * MIB;
const SIZE = 12 * MIB;
const large = (byte: number) => new Uint8Array(SIZE).fill(byte);

interface Row {
  name: string;
  before: Record<string, Uint8Array | string>;
  act(duo: Duo): void;
  /** It comes to beta with one transition. */
  isOneBatch?: boolean;
  /** What is asked of beta's history; what it answers once all is done. */
  ask(service: HistoryService, batch: number): unknown;
  answer: unknown;
  /** The first byte of each file at beta's then. */
  after: Record<string, number | null>;
}

const undo = (service: HistoryService, batch: number) => {
  const { back, left } = service.undo("alpha", batch);
  return { back, left };
};

const ROWS: Row[] = [
  {
    name: "an edit of a file on a disk inside is undone",
    before: { "usb/large": large(1) },
    act: ({ alpha }) => write(alpha.native("usb/large"), large(2), nextTime()),
    ask: undo,
    answer: { back: 1, left: [] },
    after: { "usb/large": 1 },
  },
  {
    name: "a file that was made on a disk inside is removed, and another at once",
    before: {},
    act({ alpha }) {
      write(alpha.native("usb/large"), large(2));
      write(alpha.native("docs/other"), "other");
    },
    isOneBatch: true,
    ask: undo,
    answer: { back: 2, left: [] },
    after: { "usb/large": null, "docs/other": null },
  },
  {
    name: "a file that was renamed onto a disk inside goes back",
    before: { "docs/large": large(1) },
    act: ({ alpha }) => Deno.renameSync(alpha.native("docs/large"), alpha.native("usb/large")),
    ask: undo,
    answer: { back: 1, left: [] },
    after: { "usb/large": null, "docs/large": 1 },
  },
  {
    name: "a conflict on a disk inside is settled for the copy",
    before: { "usb/large": large(1) },
    act({ alpha, beta }) {
      write(beta.native("usb/large"), large(3), nextTime());
      write(alpha.native("usb/large"), large(2), nextTime());
    },
    ask: (service) => service.resolve("usb/large", "theirs"),
    answer: [],
    after: { "usb/large": 2 },
  },
];

/** Settles until what waits for copies is done, too. */
function settleAll(duo: Duo) {
  const paths = ["usb/large", "docs/large", "docs/other"];
  const held = (side: Duo["alpha"]) => paths.map((path) => firstByte(side.native(path))).join();
  do duo.settle(); while (held(duo.alpha) !== held(duo.beta));
}

function firstByte(path: string): number | null {
  try {
    using file = Deno.openSync(path);
    const first = new Uint8Array(1);
    file.readSync(first);
    return first[0]!;
  } catch {
    return null;
  }
}

for (const row of ROWS) {
  Deno.test({
    name: `D1 S4: in slices: ${row.name}`,
    ignore: !Mount.possible(),
    fn() {
      using place = temporary();
      const pieces = new Pieces();
      const mount = Mount.memory(`${place.path}/beta/folder/usb`);
      using duo = new Duo(place.path, { beta: diskThatCounts(null, pieces.count) });
      try {
        write(duo.alpha.native("usb/small"), "small");
        write(duo.alpha.native("docs/small"), "small");
        for (const [path, bytes] of Object.entries(row.before)) write(duo.alpha.native(path), bytes);
        duo.settle();
        {
          using _ = row.isOneBatch ? stoppedClock() : null;
          row.act(duo);
          settleAll(duo);
        }
        const { engine } = duo.beta;
        const service = new HistoryService(() => engine);
        const { batch } = service.history().batches[0]!;
        const ask = () => pieces.of(() => row.ask(service, batch));
        using _ = slowClock();
        assertThrows(ask, NotYet);
        let answer: unknown;
        for (let count = 0; answer === undefined && count < 1000; count++) {
          pieces.of(() => engine.workOn(20));
          try {
            answer = ask();
          } catch (error) {
            if (!(error instanceof NotYet)) throw error;
          }
          write(duo.alpha.native("docs/small"), `${count}`, nextTime());
          duo.cycle();
          assertEquals(
            Deno.readTextFileSync(duo.beta.native("docs/small")),
            `${count}`,
            "what is small passes",
          );
        }
        assertEquals(answer, row.answer);
        assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
        settleAll(duo);
        for (const [path, byte] of Object.entries(row.after)) {
          assertEquals(
            [firstByte(duo.beta.native(path)), firstByte(duo.alpha.native(path))],
            [byte, byte],
            path,
          );
        }
        assertEquals([...Deno.readDirSync(duo.beta.native(".tcpsync/staging/own"))], []);
        duo.checkInSync();
      } finally {
        mount[Symbol.dispose]();
      }
    },
  });
}
