// How long kept versions stay (RULES S4): the policy, apart from the removing. Pure.

/** What one batch's folder holds. `bytes` may be 0 where no limit asks for it. */
export interface KeptBatch {
  name: string;
  /** When it was made, in ms. */
  made: number;
  bytes: number;
}

/** `bytes`: all versions of a root together; null: no limit but the time. */
export interface Limits {
  days: number;
  bytes: number | null;
}

/** What stays without anybody asking for it: 30 days, however much that is. */
export const KEEP: Limits = { days: 30, bytes: null };

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** The time before which nothing is kept. */
export function oldestKept(now: number, { days }: Limits): number {
  return now - days * DAY_MS;
}

/** How much time counts at most that has passed at once by the clock, which may have jumped: a third of what is kept. */
export function mostAtOnce({ days }: Limits): number {
  return Math.max(HOUR_MS, days * DAY_MS / 3);
}

/** The batches to remove: those past their time; then the first, until the rest fits. `batches` are in the order in which they were
 * made; the last one stays, however old and large, and so do those in `spared`: what was replaced last can always be brought back. */
export function toRemove(
  batches: readonly KeptBatch[],
  now: number,
  limits: Limits,
  spared: ReadonlySet<string> = new Set(),
): string[] {
  const oldest = oldestKept(now, limits);
  const most = limits.bytes ?? Infinity;
  const last = batches.at(-1);
  const free = batches.filter((batch) => batch !== last && !spared.has(batch.name));
  const expired = free.filter(({ made }) => made < oldest);
  const rest = free.filter(({ made }) => made >= oldest);
  const sum = (some: readonly KeptBatch[]) => some.reduce((total, { bytes }) => total + bytes, 0);
  let bytes = sum(batches) - sum(expired);
  while (bytes > most && rest.length > 0) {
    const batch = rest.shift()!;
    bytes -= batch.bytes;
    expired.push(batch);
  }
  return expired.map(({ name }) => name);
}
