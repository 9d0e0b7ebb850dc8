// Waiting for what happens in a person's folder, by the system's own events.

import type { Person } from "./harness.ts";

/** Waits until the watches of these people hear what happens: they write a file of their own to prove that. */
export async function watched(...people: Person[]): Promise<void> {
  for (const { folder, scene } of people) {
    using watch = Deno.watchFs(folder.at(".tcpsync"));
    const proof = async () => {
      for await (const { paths } of watch) if (paths.some((path) => path.endsWith("canary"))) return;
    };
    await scene.wait(proof(), "the proof of a watch");
  }
}

/** Waits until something holds in a person's folder, `seconds` at most. */
export async function until(
  person: Person,
  what: string,
  holds: () => boolean,
  seconds?: number,
): Promise<void> {
  using watch = Deno.watchFs(person.folder.path);
  const isHeld = () => {
    try {
      return holds();
    } catch {
      return false; // Gone between two looks.
    }
  };
  const events = watch[Symbol.asyncIterator]();
  let event = events.next();
  const heard = ({ done }: { done?: boolean }) => {
    if (done) throw new Error("nobody waits any more"); // Else it would look for ever, and nothing else would get its turn.
    event = events.next();
  };
  const held = async () => {
    // Where the system's events come short, what the person is told is a reason to look as well.
    while (!isHeld()) await Promise.race([event.then(heard), person.program.news()]);
  };
  await person.scene.wait(held(), what, seconds);
}
