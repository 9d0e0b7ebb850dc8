// Digests of texts: SHA-256 in hex.

import { createHash } from "node:crypto";

/** The digest of a text in UTF-8. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
