// What the pages in docs/ say, for the tests that hold them to the code.

/** A row of a table: its cells, without the blanks around them. */
export type Cells = string[];

export function pageAt(path: string): string {
  return Deno.readTextFileSync(path).replaceAll("\r\n", "\n");
}

/** The rows of all tables in a page or a part of it; headings among them. An escaped "|" is none between cells. */
export function tableRows(page: string): Cells[] {
  const rows = page.split("\n").filter((line) => /^\|.*\|$/.test(line) && !/^[|\- ]+$/.test(line));
  return rows.map((row) => row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** The tests that a cell names, as paths. */
export function testsIn(cell: string): string[] {
  return [...cell.matchAll(/`([\w/]+_test)`/g)].map(([, name]) => `tests/${name}.ts`);
}

/** What is not true of rows that name tests: that each is there, and cites the row's number. */
export function untrue(
  rows: [number: string, tests: string[]][],
  cites: (text: string, number: string) => boolean,
): string[] {
  return rows.flatMap(([number, tests]) =>
    tests.flatMap((test) => {
      const text = textOf(test);
      if (text === null) return [`${number}: there is no ${test}`];
      return cites(text, number) ? [] : [`${number}: ${test} does not cite it`];
    })
  );
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
