// Two computers and a server under every fault, many times: each run is one seed, and comes out the same whenever it is tried.
// More of them: deno task simulate [--seed S] [--minutes N] [--log]

import { assertEquals } from "@std/assert";
import { SECOND_GENERATION, THIRD_GENERATION } from "./personality.ts";
import { simulate, temporaryPlace } from "./simulate.ts";

/** So many of each generation. Nothing here is the system's own, and under Windows everything is slower. */
const SEEDS = Deno.build.os === "windows" ? 2 : 70;

/** Runs that once went wrong, and what they found. */
const FOUND: [seed: number, what: string][] = [
  [832000884, "a file renamed right after a write that kept its time was taken for what it was"],
  [
    831012781,
    "a power cut took back a rename, and what had been put in place before it, and torn content was sent",
  ],
  [831007692, "the same, where a save by way of a backup name had led there again"],
  [831004087, "without numbers that last, a torn file whose rename a power cut took back was sent"],
  [831002346, "a file of the same tick was taken aside as damage on FAT, and the torn one was sent"],
  [
    831007953,
    "an edit waited for what had been renamed there, its new bit did not, and both were agreed: the edit was undone",
  ],
  [831009623, "the same, in a circle of renames"],
  [831000113, "what was stored in a mapped file while that was waited for was never looked for"],
  [824100348, "on FAT a file made in the place of one of another spelling was taken for that, and deleted"],
  [
    824000326,
    "a folder put back from a backup gave a file the number of one just put in place, and it was deleted",
  ],
  [823001259, "the same, where the file had been put in place, too"],
  [824001903, "the same, of a file of the other's"],
  [824002724, "a mapped file whose stores left no trace was to be found (the oracle asked too much)"],
  [822000778, "a torn file was taken for another one by its number, where nothing showed that numbers hold"],
  [
    821001725,
    "what a file had been was wanted again and again, and so it rested for ever and never travelled as it is",
  ],
  [
    817000745,
    "what an order moved from where it put something else was no longer looked at after a power cut",
  ],
  [
    820002116,
    "a torn file was not found by its number, since what had been moved away counted as there for a moment",
  ],
  [
    815000671,
    "without births, a file that a mount had given another's number was taken aside as that one's damage",
  ],
  [819000263, "the same, where the other had been deleted"],
  [816001020, "a copy that kept its time, put in the place of what was listed, was taken aside as damage"],
  [
    815001215,
    "without numbers, files of one size and time that changed places while they were watched were not seen to",
  ],
  [
    810010651,
    "a save by way of a backup name agreed before took the new file off the list of what to look at, and it went out torn",
  ],
  [
    810011361,
    "a chunk that led to a commit taken back was taken for that of a later one with its number; and damage that was forgotten again took what was put there since off the list",
  ],
  [508, "the number of a batch that a power cut took back was a breach to the other side"],
  [775503962, "without file IDs a twin in another form was replaced by a new spelling"],
  [774002120, "a link was never spelled anew on a disk that folds case"],
  [774503682, "rules that came and went left two archives with different trees"],
  [773500348, "damage that could not be taken aside went out after the next start"],
  [773002334, "a start that came to nothing struck all from the list of what was not proved"],
  [
    773005401,
    "on FAT an edit in the tick in which its file was put in place was never seen, when the first look came late",
  ],
  [772500145, "a power cut took back that a commit was taken back, and two commits had one number"],
  [772001435, "what became ignored right after it came was never flushed"],
  [771000480, "a power cut that takes two replacements of one file back"],
  [771000917, "a power cut while damage is taken aside"],
  [771002766, "damage at one side, and then at the other, which had forgotten its own"],
  [
    255,
    "an edit in the tick (FAT: 2 s) in which its file had been put in place, and of its size, was never seen",
  ],
  [
    145,
    "after a name was respelled both screens said syncing for ever, since the digest was what it had been",
  ],
  [
    52,
    "a power cut took the root's identity, with it the list of what to look at, and torn files were sent as edits",
  ],
  [76, "a file that could not be staged again was no longer looked at after a power cut, and went out torn"],
  [
    610775728,
    "on HFS+, which lists names in another form than they are told of, a folder was taken for deleted",
  ],
  [40761, "on FAT an ignore file replaced within a tick was not read, and the rules from before held on"],
  [
    834001724,
    "on FAT two files that looked alike changed places right after one of them was put in place, and only one was read",
  ],
  [
    850002086,
    "without births and lasting numbers, what a power cut left at the name in between of a rotation went out torn",
  ],
  [
    850003201,
    "on FAT a file that was moved before its move was agreed on went out as a power cut had torn it",
  ],
  [
    990001037,
    "on FAT two files that had changed places were not flushed, and went out as a power cut had torn them",
  ],
  [836004334, "beside a twin that is first in byte order, what a power cut tore went out as an edit"],
  [953, "a new spelling that a twin has was planned, and failed for ever"],
  [449, "where versions are copies, a power cut took the only one of what had long been on the disk"],
  [
    1640012441,
    "a conflict refused for a file that was closed before counted as one more failure, and was never tried again",
  ],
  [
    1800009312,
    "what the engine answered for a session that was over was told as progress, and nobody seemed in sync any more",
  ],
  [
    1660014695,
    "what came back to the place that the other had taken it from was to be found (the oracle asked too much)",
  ],
  [
    1660014060,
    "on FAT a torn file was taken for what had come with it, and what a power cut had brought back there, torn too, was sent",
  ],
];

/** The failures among the seeds, in a worker of their own. */
async function failuresOf(seeds: number[]): Promise<string[]> {
  const worker = new Worker(new URL("./seed_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(seeds);
    });
  } finally {
    worker.terminate();
  }
}

Deno.test("two simulated computers agree, and lose nothing, whatever befalls them", async () => {
  const cores = Math.max(1, navigator.hardwareConcurrency);
  const shares = Array.from({ length: cores }, (_, share) => {
    return Array.from({ length: SEEDS }, (_, at) => [at + 1, SECOND_GENERATION + at, THIRD_GENERATION + at])
      .flat()
      .filter((seed) => seed % cores === share);
  });
  assertEquals((await Promise.all(shares.map(failuresOf))).flat(), []);
});

for (const [seed, what] of FOUND) {
  Deno.test(`simulated, seed ${seed}: ${what}`, async () => {
    using place = temporaryPlace();
    assertEquals((await simulate(seed, place.path)).failure, undefined);
  });
}

Deno.test("a simulation of one seed goes the same way twice", async () => {
  using place = temporaryPlace();
  const seeds = Array.from(
    { length: Math.min(SEEDS, 12) },
    (_, at) => [1000 + at, SECOND_GENERATION + 1000 + at, THIRD_GENERATION + 1000 + at],
  );
  for (const seed of seeds.flat()) {
    const [one, other] = [await simulate(seed, place.path), await simulate(seed, place.path)];
    assertEquals(one, other, `seed ${seed}`);
  }
});
