// People from anywhere: a server to which connections seem to come from the addresses a test says.

import { listen, type Listener } from "../../src/rendezvous/listen.ts";

/** Listens on this computer; each connection seems to come from what `host` gives when it arrives. */
export function listenAs(host: () => string): typeof listen {
  return (...where): Listener => {
    const listener = listen(...where);
    return {
      addr: listener.addr,
      async accept() {
        const conn = await listener.accept();
        const seen = { ...conn.remoteAddr, hostname: host() };
        return new Proxy(conn, {
          get(_, key) {
            if (key === "remoteAddr") return seen;
            const value = Reflect.get(conn, key);
            return typeof value === "function" ? value.bind(conn) : value;
          },
        });
      },
      close: () => listener.close(),
    };
  };
}
