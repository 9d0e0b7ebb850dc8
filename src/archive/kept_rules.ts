// The ignore rules that held last in a root: they hold on where those in its file are too many, after a start as well.

import type { DatabaseSync } from "node:sqlite";

export class KeptRules {
  constructor(private readonly database: DatabaseSync) {}

  /** "" where none are known. */
  get(): string {
    const row = this.database.prepare("SELECT text FROM rules WHERE id = 1").get();
    return typeof row?.text === "string" ? row.text : "";
  }

  set(text: string) {
    this.database.prepare("INSERT OR REPLACE INTO rules VALUES (1, ?)").run(text);
  }
}
