// Which addresses count as one network.

import { assertEquals } from "@std/assert";
import { networkOf } from "../../src/rendezvous/address.ts";

const ROWS: [host: string, network: string][] = [
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
  ["2001:db8:1::9", "2001:db8:1:0::/64"],
  ["2001:db8::", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
];

for (const [host, network] of ROWS) {
  Deno.test(`${host} counts as ${network}`, () => assertEquals(networkOf(host), network));
}

Deno.test({
  name: "IPv4 that comes to an IPv6 socket is known by its IPv4 address",
  ignore: Deno.build.os === "windows", // There an IPv6 socket hears IPv6 alone.
  fn: async () => {
    let listener: Deno.TcpListener;
    try {
      listener = Deno.listen({ hostname: "::", port: 0 });
    } catch {
      return; // A system without IPv6.
    }
    const [one, other] = await Promise.all([
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
      listener.accept(),
    ]);
    assertEquals(networkOf(other.remoteAddr.hostname), "127.0.0.1");
    for (const closable of [one, other, listener]) closable.close();
  },
});
