// What the events of a session add up to: the line a person sees in `/status`.

import type { Event } from "../session/event.ts";

/** What is known of one pair's folders. */
export interface Sight {
  state: "syncing" | "insync" | "halted";
  files: number;
  bytes: number;
  digest: string;
  conflicts: number;
  problems: Map<string, string>;
}

/** Before the first event. */
export function newSight(): Sight {
  return { state: "syncing", files: 0, bytes: 0, digest: "", conflicts: 0, problems: new Map() };
}

/** Takes one event of the session in. */
export function observe(sight: Sight, event: Event): void {
  switch (event.event) {
    case "plan":
    case "progress":
      sight.state = "syncing";
      break;
    case "insync": {
      const { files, bytes, digest, conflicts } = event;
      Object.assign(sight, { state: "insync", files, bytes, digest, conflicts });
      if (event.problems === 0) sight.problems.clear();
      break;
    }
    case "problem":
      sight.problems.set(event.path, event.reason);
      break;
    case "halted":
      sight.state = "halted";
      break;
  }
}
