// What a person reads of a verification: how far it is, what differs, how it ended.

import type { Differing, ProofCounts } from "../../core/event.ts";
import { bytes, count } from "../words.ts";

const files = (n: number) => `${count(n)} ${n === 1 ? "file" : "files"}`;

const WHATS: Record<Differing["what"], string> = {
  edit: "edited unseen",
  disk: "DISK FAULT",
  digest: "wrongly noted",
  unread: "not read",
  new: "new",
  gone: "gone",
  changed: "changed",
  problem: "not synced",
};

const percent = ({ files, bytes, ofFiles, ofBytes }: ProofCounts) =>
  Math.floor(100 * Math.min(1, ofBytes > 0 ? bytes / ofBytes : ofFiles > 0 ? files / ofFiles : 1));

export const verifyWords = {
  reading: (counts: ProofCounts, rate: number) =>
    `verifying ${percent(counts)} % of ${bytes(counts.ofBytes)}${rate > 0 ? `, ${bytes(rate)}/s` : ""}`,
  begun: (counts: ProofCounts) =>
    counts.files + counts.bytes > 0
      ? `Reading goes on at ${percent(counts)} % of ${bytes(counts.ofBytes)}.`
      : `Reading ${files(counts.ofFiles)}, ${bytes(counts.ofBytes)}.`,
  differs: (where: string, what: Differing["what"], reason: string) => `${WHATS[what]}: ${where}: ${reason}`,
  done: (counts: ProofCounts, differ: number, whose?: string) => {
    const read = `${files(counts.files)}, ${bytes(counts.bytes)} read${
      whose === undefined ? "" : ` in ${whose}'s folder`
    }`;
    return differ === 0
      ? `Verified: all is as agreed; ${read}.`
      : `Verified: ${
        differ === 1 ? "1 path differs" : `${differ.toLocaleString("en-US")} paths differ`
      }; ${read}.`;
  },
  stopped: (counts: ProofCounts, whose?: string) =>
    `Stopped at ${percent(counts)} % of ${bytes(counts.ofBytes)}${
      whose === undefined ? "" : ` in ${whose}'s folder`
    }: ` +
    "asked again, it goes on there.",
  nothingToStop: "Nothing is being verified.",
};
