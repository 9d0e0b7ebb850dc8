// The proof of sameness: at rest both sides say what they hold, now and then, and compare it.
//
// What it proves: both archives hold one agreed tree (its root digest), and neither folder, as last looked at, differs from it
// but in `apart` paths. A look reads no content whose size, times and file ID are what they were: an edit that kept them all, or a
// disk that lost bits without a word, shows only when content is read again (scrub.ts); `read` says how long ago that was.

import { type Holding } from "../endpoint/holding.ts";
import type { TreeSum } from "../core/tree/digest.ts";
import type { MessageOf } from "../wire/message.ts";
import { Disagreement } from "../core/failure.ts";

/** What both sides hold alike: `apart` on both together, the times on the side where it is longer ago. */
export interface Verified extends TreeSum {
  apart: number;
  looked: number;
  read: number | null;
  mute: number | null;
}

export function holdingMessage(
  { generation, digest, apart, looked, read, mute }: Holding,
): MessageOf<"holding"> {
  return { type: "holding", generation, digest, apart, looked, read, mute };
}

/** Throws Disagreement when the two do not stand at the same agreed tree. */
export function compareHoldings(own: Holding, peer: MessageOf<"holding">): Verified {
  if (own.generation !== peer.generation || own.digest !== peer.digest) throw new Disagreement();
  const { digest, files, bytes } = own;
  return {
    ...{ digest, files, bytes, apart: own.apart + peer.apart },
    looked: Math.max(own.looked, peer.looked),
    read: own.read === null || peer.read === null ? null : Math.max(own.read, peer.read),
    mute: own.mute === null && peer.mute === null ? null : Math.max(own.mute ?? 0, peer.mute ?? 0),
  };
}
