// A TCP connection as a stream: nothing waits in it to be sent with more, and closing it twice is no error.

import type { Stream } from "./frame.ts";

/** A stream that can also say "no more from here" and still be read from. */
export interface Socket extends Stream {
  /** The other end reads to its end and then sees it; its own bytes still come. */
  closeWrite(): Promise<void>;
}

/** What is needed of an open connection. */
export type Connection = Pick<Deno.TcpConn, "read" | "write" | "closeWrite" | "close" | "setNoDelay">;

/** Takes over an open connection. */
export function socket(conn: Connection): Socket {
  try {
    conn.setNoDelay();
  } catch {
    // The other end is gone already: the first read says so to somebody who can do something about it.
  }
  let open = true;
  return {
    read: (into) => conn.read(into),
    write: (bytes) => conn.write(bytes),
    closeWrite: () => conn.closeWrite(),
    close() {
      if (open) conn.close();
      open = false;
    },
  };
}
