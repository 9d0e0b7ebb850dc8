// The judge itself: it must find what chaos is there to find, and nothing else.

import { assertEquals } from "@std/assert";
import { digestOfBytes, type Findings, Model, type SideName } from "./model.ts";

type Places = { alice?: Record<string, Uint8Array>; bob?: Record<string, Uint8Array> };

/** Trees and versions as they would be found. */
function found(trees: Places, versions: Places = {}): Findings {
  const digests = (places: Places, side: SideName) =>
    new Map(Object.entries(places[side] ?? {}).map(([path, bytes]) => [path, digestOfBytes(bytes)]));
  const both = (places: Places) => ({ alice: digests(places, "alice"), bob: digests(places, "bob") });
  return { trees: both(trees), versions: both(versions) };
}

/** What the model finds wrong, by the first words. */
function wrongs(model: Model, findings: Findings): string[] {
  return model.check(findings).map((text) => text.split(":")[0]!);
}

/** A model in which alice saved one value. */
function saved(): { model: Model; value: Uint8Array<ArrayBuffer>; digest: string } {
  const model = new Model();
  const value = model.fresh("alice", "a", 50);
  return { model, value, digest: model.saved(value, "a as alice saved it") };
}

Deno.test("a value in both folders, or in one, is well", () => {
  const { model, value } = saved();
  assertEquals(wrongs(model, found({ alice: { a: value }, bob: { a: value } })), []);
  assertEquals(wrongs(model, found({ bob: { "a (conflict alice 2026-01-01 00.00.00)": value } })), []);
});

Deno.test("a value nowhere is lost, unless a person overwrote or deleted it", () => {
  const { model, digest } = saved();
  assertEquals(wrongs(model, found({})), ["lost"]);
  model.gone(digest, "bob", "a");
  assertEquals(wrongs(model, found({})), []);
});

Deno.test("a value only among the versions was taken away by nobody, unless it was saved into a file being replaced", () => {
  const { model, value, digest } = saved();
  assertEquals(wrongs(model, found({}, { bob: { a: value } })), [
    "deleted by nobody, and only among the versions",
  ]);
  model.loose(digest);
  assertEquals(wrongs(model, found({}, { bob: { a: value } })), []);
});

Deno.test("content that nobody wrote is foreign, a step of a save is not", () => {
  const { model, value } = saved();
  const torn = value.slice(0, 20);
  assertEquals(wrongs(model, found({ alice: { a: value }, bob: { a: torn } })), ["foreign content at bob"]);
  model.know(torn, "a step");
  assertEquals(wrongs(model, found({ alice: { a: value }, bob: { a: torn } })), []);
});

Deno.test("C4: what was agreed and then deleted on one side is back only if the other side had to do with it", () => {
  const { model, value, digest } = saved();
  const both = found({ alice: { a: value }, bob: { a: value } });
  model.rest(both);
  model.gone(digest, "alice", "a");
  assertEquals(wrongs(model, both), ["deleted, and back for no reason"]);
  model.handled(digest, "bob", "a");
  assertEquals(wrongs(model, both), []);
});

Deno.test("C4: what was deleted before both came to rest does not come back later", () => {
  const { model, value, digest } = saved();
  model.gone(digest, "alice", "a");
  model.rest(found({}));
  model.handled(digest, "bob", "a");
  assertEquals(wrongs(model, found({ bob: { a: value } })), ["deleted, and back for no reason"]);
});

Deno.test("S4: what both had and one of them overwrote or deleted is kept at the other", () => {
  const { model, value, digest } = saved();
  model.rest(found({ alice: { a: value }, bob: { a: value } }));
  model.gone(digest, "alice", "a");
  assertEquals(wrongs(model, found({}, { alice: { a: value } })), ["not kept at bob"]);
  assertEquals(wrongs(model, found({}, { bob: { a: value } })), []);
  model.gone(digest, "bob", "a");
  assertEquals(wrongs(model, found({})), []);
});
