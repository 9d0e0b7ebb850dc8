// How long kept versions stay (RULES S4): the policy, apart from the removing. Pure.

/** What one batch's folder holds. `bytes` may be 0 where no limit asks for it. */
export interface KeptBatch {
  name: string;
  /** When it was made, in ms. */
  time: number;
  bytes: number;
}

/** `bytes`: all versions of a root together; null: no limit but the time. */
export interface Limits {
  days: number;
  bytes: number | null;
}

/** What stays without anybody asking for it: 30 days, however much that is. */
export const KEEP: Limits = { days: 30, bytes: null };

const DAY_MS = 24 * 3600 * 1000;

/** The time before which nothing is kept. */
export function oldestKept(now: number, { days }: Limits): number {
  return now - days * DAY_MS;
}

/** The batches to remove: those past their time; then the oldest, until the rest fits. The newest stays, however large: what was
 * replaced a moment ago can always be brought back. */
export function toRemove(batches: readonly KeptBatch[], now: number, limits: Limits): string[] {
  const oldest = oldestKept(now, limits);
  const byAge = [...batches].sort((one, other) => one.time - other.time);
  const expired = byAge.filter(({ time }) => time < oldest);
  const rest = byAge.slice(expired.length);
  let bytes = rest.reduce((sum, batch) => sum + batch.bytes, 0);
  const most = limits.bytes ?? Infinity;
  while (bytes > most && rest.length > 1) {
    const batch = rest.shift()!;
    bytes -= batch.bytes;
    expired.push(batch);
  }
  return expired.map(({ name }) => name);
}
