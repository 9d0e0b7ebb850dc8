// `--json`: whatever is in an event, it is one line of plain text, and reads back as the same event.

import { createJsonEmit } from "../../../src/cli/json.ts";
import type { Event } from "../../../src/core/event.ts";
import { alike, holds } from "../check.ts";
import type { Target } from "../fuzz.ts";

const NOW = new Date(0);

function events(text: string): Event[] {
  const plan = { create: 1, update: 2, delete: 3, move: 4, conflict: 5, bytes: 2 ** 50 };
  const sums = { digest: text, files: 1, bytes: 2, conflicts: 3, problems: 4 };
  return [
    { event: "listening", host: text, port: 7420, fingerprint: text },
    { event: "connected", user: text, fingerprint: text, first: true },
    { event: "verify", peer: text, code: "123456", fingerprint: text, asked: true },
    { event: "refused", peer: text, reason: text },
    { event: "roster", users: [text, "bob", text] },
    { event: "invitation", from: text, state: "offered" },
    { event: "invitation", to: text, state: "expired" },
    { event: "plan", peer: text, paths: [text, text], ...plan },
    { event: "progress", peer: text, files: 1, bytes: 2, ofFiles: 3, ofBytes: 4 },
    { event: "looking", peer: text, whose: text, files: 1, over: false },
    { event: "digesting", peer: text, whose: text, files: 1, bytes: 2, ofFiles: 3, ofBytes: 4 },
    { event: "insync", peer: text, ...sums },
    { event: "verified", peer: text, digest: text, files: 1, bytes: 2, apart: 3, looked: 4, read: 5 },
    { event: "proof", folder: text, state: "reading", files: 1, bytes: 2, ofFiles: 3, ofBytes: 4 },
    { event: "differs", folder: text, peer: text, path: text, what: "disk", reason: text },
    { event: "conflict", peer: text, path: text, kept: text, of: text },
    { event: "problem", peer: text, path: text, reason: text, retry: true, whose: text },
    { event: "mended", peer: text, path: text },
    { event: "ignored-lifted", peer: text, paths: [text], count: 2, asked: true },
    { event: "unwatched", peer: text, whose: text, why: "watches", watched: 12, folders: 40 },
    { event: "watched", peer: text, whose: text },
    { event: "waiting", peer: text, retry: 0.25, writing: [{ path: text, whose: text }] },
    { event: "halted", peer: text, reason: text, plan, paths: [text, "a"], asked: true },
    { event: "resumed", peer: text, how: "back" },
    { event: "lost", what: "peer", peer: text, reason: text, retry: 1.5 },
    { event: "end", code: 3 },
  ];
}

export const json: Target<string> = {
  name: "json",
  runs: 6_000,
  seeds: () => [
    "bob",
    'a "quoted" \\ path',
    "über/straße",
    "a\nb\r\u2028c",
    "\ud800\udc00\ud800",
    '{"event":"end"}',
  ],
  run(text) {
    for (const event of events(text)) {
      const lines: string[] = [];
      createJsonEmit((line) => lines.push(line), () => NOW)(event);
      const [line = "", ...more] = lines;
      holds(more.length === 0 && line.endsWith("\n"), "an event is not one write of a line");
      holds(!/[\n\r]/.test(line.slice(0, -1)), "an event is more than one line");
      const sent = new TextDecoder("utf-8", { fatal: true }).decode(new TextEncoder().encode(line));
      holds(
        alike(JSON.parse(sent), { ...event, time: NOW.toISOString() }),
        `${event.event} reads back as another`,
      );
    }
    return `${text.length > 60} ${/[^\x20-\x7e]/.test(text)} ${text.isWellFormed()}`;
  },
};
