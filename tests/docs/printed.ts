// docs/events.md as types: what the page says of each event and object, so that the compiler can hold it against what is declared, what is
// shown there as an example, and what programs print.

import { pageAt, tableRows } from "./pages.ts";

const PAGE = pageAt("docs/events.md");

/** An event, an object, or something in one. */
interface Shape {
  of: "event" | "shape" | "object";
  name: string;
  /** Of one that has no fields. */
  type: string;
  /** As in a declaration: `peer?: string`. */
  fields: string[];
}

const SHAPES = shapes();
export const EVENTS = SHAPES.filter(({ of }) => of === "event").map(({ name }) => name);

/** What the page shows, line by line. */
export const EXAMPLES = [...PAGE.matchAll(/^\{.*\}$/gm)].map(([line]) => line);

/** The page's tables as declarations: `Events`, by their names, and each object and shape. */
export function declarations(): string {
  const events = SHAPES.filter(({ of }) => of === "event").map(({ name, fields }) =>
    `"${name}": {${["time: string", `event: "${name}"`, ...fields].join("; ")}};`
  );
  const others = SHAPES.filter(({ of }) => of !== "event").map(({ name, type, fields }) =>
    type === "" ? `interface ${name} {${fields.join("; ")}}` : `type ${name} = ${type};`
  );
  return [`interface Events {`, ...events, "}", "type Printed = Events[keyof Events];", ...others].join("\n");
}

/** What the compiler says against a module; "" for nothing. */
export async function objections(...lines: string[]): Promise<string> {
  const file = Deno.makeTempFileSync({ prefix: "tcpsync-types-", suffix: ".ts" });
  try {
    Deno.writeTextFileSync(file, [declarations(), ...lines, "export {};"].join("\n"));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", "deno.json", file],
      env: { NO_COLOR: "1" },
    }).output();
    return success ? "" : new TextDecoder().decode(stderr);
  } finally {
    Deno.removeSync(file);
  }
}

/** A value of a type of the page's, as the compiler is asked about it. */
export function constantWith(name: string, type: string, json: string): string {
  return `export const ${name}: ${type} = ${json};`;
}

function shapes(): Shape[] {
  const found: Shape[] = [];
  let of: Shape["of"] | undefined;
  for (const [first, field, type] of tableRows(PAGE) as [string, string, string][]) {
    const declared = type.replaceAll("`", "").replaceAll("\\|", "|");
    if (/^(event|shape|object)$/.test(first)) of = first as Shape["of"];
    else if (first !== "") {
      found.push({ of: of!, name: first.replaceAll("`", ""), type: declared, fields: [] });
    } else found.at(-1)!.fields.push(`${field.replaceAll("`", "")}: ${declared}`);
  }
  return found;
}
