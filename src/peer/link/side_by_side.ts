// A name may have several addresses, of which some lead nowhere: they are tried side by side (RFC 8305), each a moment after the one
// before, or as soon as that has failed. The first connection counts, and the others are given up.

/** The next address is tried when the one before has said nothing for so long (ms). */
const HEAD_START_MS = 250;

/** Connects to the first of `hosts` that answers. `dial` rejects when its signal aborts; `close` ends a connection that came too
 * late. Rejects with what the first host's try said when none answers, or when `signal` aborts. */
export function connectToAny<T>(
  hosts: readonly string[],
  dial: (host: string, signal: AbortSignal) => Promise<T>,
  close: (late: T) => void,
  signal: AbortSignal,
): Promise<T> {
  const left = inTurns(hosts).entries();
  const others = new AbortController();
  const patience = AbortSignal.any([signal, others.signal]);
  const failures: unknown[] = [];
  let running = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  return new Promise((resolve, reject) => {
    const end = () => {
      isOver = true;
      clearTimeout(timer);
      others.abort();
    };
    const tryNext = () => {
      clearTimeout(timer);
      const next = signal.aborted ? undefined : left.next().value;
      if (next) return tryOne(...next);
      if (running > 0) return;
      end();
      reject(failures.find((failure) => failure !== undefined) ?? signal.reason);
    };
    const tryOne = (place: number, host: string) => {
      running++;
      timer = setTimeout(tryNext, HEAD_START_MS);
      dial(host, patience).then((connection) => {
        if (isOver) return close(connection);
        end();
        resolve(connection);
      }, (error) => {
        running--;
        failures[place] = error;
        if (!isOver) tryNext();
      });
    };
    tryNext();
  });
}

/** One of each family in turn, begun by that of the first, so that a whole family that leads nowhere costs one head start. */
function inTurns(hosts: readonly string[]): string[] {
  const isWide = (host: string) => host.includes(":");
  const first = hosts.filter((host) => isWide(host) === isWide(hosts[0]!));
  const second = hosts.filter((host) => isWide(host) !== isWide(hosts[0]!));
  return hosts.flatMap((_, place) => [first[place], second[place]]).filter((host) => host !== undefined);
}
