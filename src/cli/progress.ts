// The rewritten line of a running transfer, of files that are read to be compared, and of a long look: how far with whom, and how fast
// over the last seconds.

import type { Event } from "../core/event.ts";
import { printable } from "./escape.ts";
import type { Terminal } from "./output.ts";
import { words } from "./words.ts";

type ProgressEvent = Event & { event: "progress" | "digesting" | "looking" };

const REDRAW_MS = 100;
const RATE_WINDOW_MS = 3000;

/** Progress with every peer, in the status of one terminal. `end`: of all with one. */
export interface Progress {
  show(event: ProgressEvent): void;
  end(peer: string): void;
  endAll(): void;
}

/** Progress lines over `terminal`; `now` in ms. */
export function createProgress(terminal: Terminal, now: () => number): Progress {
  const running = new Map<string, { event: ProgressEvent; samples: { at: number; bytes: number }[] }>();
  let drawn = -Infinity;

  const draw = () => {
    terminal.status(
      [...running.values()].map(({ event, samples }) => text(event, rate(samples))).join(" · "),
    );
  };

  return {
    show(event) {
      const key = keyOf(event);
      if (isOver(event)) {
        if (running.delete(key)) draw();
        return;
      }
      const samples = running.get(key)?.samples ?? [];
      const bytes = event.event === "looking" ? 0 : event.bytes;
      // Fewer bytes than before: another transfer has begun.
      if ((samples.at(-1)?.bytes ?? 0) > bytes) samples.length = 0;
      samples.push({ at: now(), bytes });
      while (samples.length > 2 && samples[0]!.at < now() - RATE_WINDOW_MS) samples.shift();
      running.set(key, { event, samples });
      if (now() - drawn < REDRAW_MS) return;
      drawn = now();
      draw();
    },
    end(peer) {
      const ended = [...running].filter(([, { event }]) => event.peer === peer);
      for (const [key] of ended) running.delete(key);
      if (ended.length > 0) draw();
    },
    endAll() {
      running.clear();
      draw();
    },
  };
}

function isOver(event: ProgressEvent): boolean {
  if (event.event === "looking") return event.over;
  return event.files === event.ofFiles && event.bytes === event.ofBytes;
}

function keyOf(event: ProgressEvent): string {
  return event.event === "progress" ? event.peer : `${event.peer}\0${event.whose}\0${event.event}`;
}

function text(event: ProgressEvent, rate: number): string {
  if (event.event === "looking") return words.looking(printable(event.whose), event.files);
  const { files, ofFiles, bytes, ofBytes } = event;
  const part = ofBytes > 0 ? bytes / ofBytes : ofFiles > 0 ? files / ofFiles : 1;
  const percent = Math.floor(100 * Math.min(1, part));
  return event.event === "digesting"
    ? words.digesting(printable(event.whose), percent, ofBytes, rate)
    : words.progress(printable(event.peer), percent, ofBytes, rate);
}

/** Bytes a second over the samples, or 0 when they say nothing yet. */
function rate(samples: { at: number; bytes: number }[]): number {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  return last.at > first.at ? (last.bytes - first.bytes) / (last.at - first.at) * 1000 : 0;
}
