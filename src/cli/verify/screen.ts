// A verification as a person reads it: how far it is in the line that is rewritten, each path that differs once, and how it ended.

import type { Event } from "../../core/event.ts";
import { printable } from "../escape.ts";
import type { Terminal } from "../output.ts";
import { verifyWords } from "./words.ts";
import { words } from "../words.ts";

type Proof = Event & { event: "proof" };
type Differs = Event & { event: "differs" };

/** So many paths are told by name; the rest is counted. */
const MOST_NAMED = 1000;

/** Shows both events on `terminal`; `now` in ms. */
export function createProofScreen(terminal: Terminal, now: () => number): (event: Proof | Differs) => void {
  /** By whose folder it is. */
  const readings = new Map<string, { since: number; bytes: number; differ: number }>();
  const keyOf = ({ folder, peer = "" }: Proof | Differs) => `${peer}\0${folder}`;

  return (event) => {
    const key = keyOf(event);
    const reading = readings.get(key);
    if (event.event === "differs") return differs(event, reading);
    if (event.state === "reading") {
      if (!reading) {
        readings.set(key, { since: now(), bytes: event.bytes, differ: 0 });
        if (event.peer === undefined) terminal.line(verifyWords.begun(event));
        return;
      }
      const seconds = (now() - reading.since) / 1000;
      const rate = seconds > 0 ? (event.bytes - reading.bytes) / seconds : 0;
      return event.peer === undefined ? terminal.status(verifyWords.reading(event, rate)) : undefined;
    }
    readings.delete(key);
    if (event.peer === undefined) terminal.status("");
    const whose = event.peer === undefined ? undefined : printable(event.peer);
    terminal.line(
      event.state === "stopped"
        ? verifyWords.stopped(event, whose)
        : verifyWords.done(event, reading?.differ ?? 0, whose),
    );
  };

  function differs({ path, what, reason, peer }: Differs, reading: { differ: number } | undefined): void {
    if (reading) reading.differ++;
    if (reading && reading.differ > MOST_NAMED) return;
    const where = words.inFolder(printable(path), peer && printable(peer));
    terminal.line(verifyWords.differs(where, what, printable(reason)));
  }
}
