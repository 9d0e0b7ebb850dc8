// A tree of names does what a map of whole paths does, at the cost of a path's depth.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isWithin, namesOf, parentOf, type Path, ROOT } from "../../../src/core/tree/path.ts";
import { PathMap, pathOf, placesIn } from "../../../src/core/tree/path_map.ts";
import { stepsOf } from "../../support/steps.ts";

const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 })
  .map((names) => names.join("/") as Path);
const step = fc.record({
  what: fc.constantFrom("set", "delete", "move"),
  path,
  to: path,
  value: fc.integer({ min: 1 }),
});

/** The same with whole paths. */
class Model {
  readonly values = new Map<Path, number>();

  take(path: Path): Map<Path, number> {
    const taken = new Map([...this.values].filter(([at]) => isWithin(at, path)));
    for (const at of taken.keys()) this.values.delete(at);
    return taken;
  }

  move(from: Path, to: Path) {
    this.take(to);
    for (const [at, value] of this.take(from)) this.values.set(to + at.slice(from.length) as Path, value);
  }

  nearest(path: Path) {
    for (let at = path; at !== ROOT; at = parentOf(at)) {
      const value = this.values.get(at);
      if (value !== undefined) return { value, rest: namesOf(path).slice(namesOf(at).length) };
    }
    return null;
  }
}

Deno.test("what is set, deleted and moved is where whole paths would have it", () => {
  fc.assert(fc.property(fc.array(step), path, (steps, asked) => {
    const [map, model] = [new PathMap<number>(), new Model()];
    for (const { what, path, to, value } of steps) {
      if (what === "set") {
        assertEquals(pathOf(map.set(path, value)), path);
        model.values.set(path, value);
      } else if (what === "delete") {
        map.delete(path);
        model.values.delete(path);
      } else if (!isWithin(to, path)) {
        map.take(to);
        const taken = map.take(path);
        if (taken) map.put(to, taken);
        model.move(path, to);
      }
      const all = [...placesIn(map.top)].map(([at, { value }]) => [at, value] as const);
      assertEquals(new Map(all), new Map<Path, number | undefined>(model.values));
      for (const [at, place] of placesIn(map.top)) assertEquals(pathOf(place), at);
      assertEquals(map.get(asked), model.values.get(asked));
      assertEquals(map.nearest(asked), model.nearest(asked));
      const isUnder = model.values.keys().some((at) => isWithin(at, asked));
      assertEquals(map.at(asked) !== null, isUnder, "nothing leads nowhere");
    }
  }));
});

Deno.test("a folder is taken elsewhere at the cost of its depth", () => {
  const map = new PathMap<number>();
  for (let number = 0; number < 10_000; number++) map.set(`a/b/f${number}` as Path, number);
  const steps = stepsOf(() => map.put("c/d" as Path, map.take("a/b" as Path)!));
  assertEquals(map.get("c/d/f77" as Path), 77);
  assert(steps < 100, `${steps} steps`);
});
