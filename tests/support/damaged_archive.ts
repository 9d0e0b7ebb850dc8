// An archive edited by hand, as a defect or a damaged disk would leave it.

import { DatabaseSync } from "node:sqlite";

/** Runs `sql` in the archive of the only root known to a state folder that nobody uses at the moment. */
export function plant(state: string, sql: string) {
  const [archive] = [...Deno.readDirSync(`${state}/archives`)].filter(({ name }) =>
    /^[0-9a-f-]{36}\.sqlite$/.test(name)
  );
  const database = new DatabaseSync(`${state}/archives/${archive!.name}`);
  const { changes } = database.prepare(sql).run();
  database.close();
  if (changes === 0) throw new Error(`nothing is changed by ${sql}`);
}
