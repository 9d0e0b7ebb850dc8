// What SQLite says when a disk cannot take or give what the program keeps about itself, in words for a person. None of it is damage:
// when the disk works again, the archive stands where it stood.

const REASONS: [says: RegExp, reason: string][] = [
  [/database or disk is full/i, "its disk is full: make room there"],
  [/readonly database/i, "it cannot be written: allow this user to write there"],
  [/disk i\/o error|unable to open database/i, "its disk fails: see whether it is there and can be written"],
];

/** Why what an archive is to hold could not be written or read, where that is the disk's fault; null for anything else. */
export function archiveFailure(error: unknown): string | null {
  const text = String(error);
  const reason = REASONS.find(([says]) => says.test(text))?.[1];
  return reason === undefined ? null : `tcpsync's own folder (--state) cannot be used: ${reason}`;
}
