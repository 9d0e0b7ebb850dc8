// What was taken away from this folder lately, and what its person has said yes to: kept across restarts, so that a mass change cannot
// go by in small portions, with whomever (RULES S1), nor be asked about twice.

import type { DatabaseSync } from "node:sqlite";
import type { Loss } from "../core/safety.ts";
import type { Path } from "../core/path.ts";
import { checkLoss } from "./damage.ts";
import { fromBlob, toBlob } from "./row.ts";
import { transaction } from "./schema.ts";

/** S1 counts what was applied within this time. */
const RECENT_MS = 60_000;

export class Losses {
  constructor(private readonly database: DatabaseSync, private readonly pair: number) {}

  /** The files lost within the last minute by anybody, with the digest of what was there before. `now` in ms. */
  recent(now: number): Map<Path, string> {
    const rows = this.database.prepare("SELECT path, digest, time FROM loss").all();
    const recent = new Map<Path, string>();
    for (const row of rows as { path: Path; digest: Uint8Array; time: number }[]) {
      if (isRecent(row.time, now)) recent.set(row.path, fromBlob(row.digest));
    }
    return recent;
  }

  /** Notes losses that are being applied; of a path lost again within the time the first one counts. */
  note(losses: Iterable<Loss>, now: number) {
    const put = this.database.prepare("INSERT OR IGNORE INTO loss VALUES (?, ?, ?, ?)");
    transaction(this.database, () => {
      this.database.prepare("DELETE FROM loss WHERE abs(time - ?) >= ?").run(now, RECENT_MS);
      for (const { path, old } of losses) put.run(this.pair, path, toBlob(old.digest), now);
    });
  }

  /** Where the loss of which content (its digest) is approved, until all of it is done. */
  approved(): Map<Path, string> {
    const rows = this.database.prepare("SELECT path, digest FROM approved WHERE pair = ?").all(this.pair);
    return new Map(
      (rows as { path: Path; digest: Uint8Array }[]).map((row) => [row.path, fromBlob(row.digest)]),
    );
  }

  /** The loss of these contents is what people want. */
  approve(files: Iterable<[Path, { digest: string }]>) {
    const put = this.database.prepare("INSERT OR REPLACE INTO approved VALUES (?, ?, ?)");
    transaction(this.database, () => {
      for (const [path, { digest }] of files) put.run(this.pair, path, toBlob(digest));
    });
  }

  /** What was lost until then, in ms, counts no more. */
  forget(until: number) {
    this.database.prepare("DELETE FROM loss WHERE time <= ?").run(until);
  }

  /** Throws for anything that was not written so. */
  check() {
    for (const table of ["loss", "approved"]) {
      const rows = this.database.prepare(`SELECT * FROM ${table} WHERE pair = ?`).all(this.pair);
      for (const row of rows) checkLoss(row as Parameters<typeof checkLoss>[0]);
    }
  }

  /** What was approved is done. */
  settle() {
    this.database.prepare("DELETE FROM approved WHERE pair = ?").run(this.pair);
  }
}

/** Clocks are set back and forth: what seems to come from the future is as near. */
function isRecent(time: number, now: number): boolean {
  return Math.abs(time - now) < RECENT_MS;
}
