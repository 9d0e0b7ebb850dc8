// The proof of sameness: at rest both sides say what they hold, now and then, and compare it.
//
// What it proves: both archives hold one agreed tree (its root digest), and neither folder, as last looked at, differs from it
// but in `apart` paths. A look reads no content whose size, time and file ID are what they were: an edit that kept all three,
// or a disk that lost bits without a word, is not seen.

import type { TreeSum } from "../core/digest.ts";
import type { MessageOf } from "../wire/message.ts";
import { Disagreement } from "./history.ts";

/** What one side holds. */
export interface Holding extends TreeSum {
  generation: number;
  /** How many changes make the agreed tree into this folder as it was last looked at. */
  apart: number;
  /** How long ago the last look at everything began, in ms. What changed since is known from the watch alone. */
  looked: number;
}

/** What both sides hold alike: `apart` on both together, `looked` on the side where it is longer ago. */
export interface Verified extends TreeSum {
  apart: number;
  looked: number;
}

export function holdingMessage({ generation, digest, apart, looked }: Holding): MessageOf<"holding"> {
  return { type: "holding", generation, digest, apart, looked };
}

/** Throws Disagreement when the two do not stand at the same agreed tree. */
export function compareHoldings(own: Holding, peer: MessageOf<"holding">): Verified {
  if (own.generation !== peer.generation || own.digest !== peer.digest) throw new Disagreement();
  const { digest, files, bytes } = own;
  return { digest, files, bytes, apart: own.apart + peer.apart, looked: Math.max(own.looked, peer.looked) };
}
