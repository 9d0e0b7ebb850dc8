// What no event tells, or tells by a name that is no more: removed with its folder, a link to itself, done in a folder that the other
// person renames at the same moment.

import { assertEquals } from "@std/assert";
import { SLOW_TOO } from "../support/slow.ts";
import { scenario } from "./harness.ts";
import { beforeFullLook } from "./program.ts";
import { until, watched } from "./waiting.ts";
import { WINDOWS } from "../support/system.ts";

const ROUNDS = WINDOWS ? 2 : 5;
const RENAMES = SLOW_TOO ? 100 : 2 * ROUNDS;
/** What the watch tells of comes at once. */
const TOLD_S = beforeFullLook(10);
/** What it does not tell of, a look at the folders finds. */
const SWEPT_S = beforeFullLook(25);

scenario(
  "files removed with their folder, and the folder made anew at once, are gone for the other too",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of ["x", "y", "z"]) folder.write(`d${round}/${name}`, `${name} of ${round}`);
      }
    });
    await watched(alice, bob);
    for (let round = 0; round < ROUNDS; round++) {
      alice.folder.remove(`d${round}`);
      alice.folder.write(`d${round}/z`, "made anew");
      await until(bob, `d${round}`, () => bob.folder.names(`d${round}`).join() === "z", SWEPT_S);
      await scene.alike(alice, bob);
    }
    assertEquals(bob.folder.read("d0/z"), "made anew");
  },
);

scenario("N5: a link to itself arrives", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("dir/file", "file"));
  await watched(alice, bob);
  alice.folder.makeLink("dir/self", "self");
  await until(bob, "the link", () => bob.folder.has("dir/self"), SWEPT_S);
  await scene.alike(alice, bob);
}, WINDOWS);

scenario(
  "M2: what is done in a folder while the other person renames it follows into the new name",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (let round = 0; round < RENAMES; round++) {
        for (const name of ["x", "y"]) folder.write(`d${round}/${name}`, `${name} of ${round}`);
      }
    });
    await watched(alice, bob);
    for (let round = 0; round < RENAMES; round++) {
      const [one, other] = round % 4 < 2 ? [alice, bob] : [bob, alice];
      if (round % 2 === 0) {
        other.folder.write(`d${round}/z`, "added");
        other.folder.write(`d${round}/new/deep`, "deep");
      } else other.folder.remove(`d${round}/x`);
      one.folder.rename(`d${round}`, `e${round}`);
      const expected = round % 2 === 0 ? "new,x,y,z" : "y";
      for (const person of [alice, bob]) {
        const isThere = () =>
          !person.folder.has(`d${round}`) && person.folder.has(`e${round}`) &&
          person.folder.names(`e${round}`).join() === expected;
        await until(person, `${expected} in e${round} at ${person.name}`, isThere, TOLD_S);
      }
      await scene.alike(alice, bob);
    }
  },
);
