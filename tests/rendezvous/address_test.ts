// Which addresses count as one network, and in which wider ones they lie.

import { assertEquals } from "@std/assert";
import { networksOf } from "../../src/rendezvous/address.ts";

const ROWS: [host: string, ...networks: string[]][] = [
  ["192.0.2.1", "192.0.2.1", "192.0.2.0/24"],
  ["::ffff:192.0.2.1", "192.0.2.1", "192.0.2.0/24"],
  ["::FFFF:192.0.2.1", "192.0.2.1", "192.0.2.0/24"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:0::/56", "2001:db8:1::/48"],
  ["2001:0DB8:0001:0102::9", "2001:db8:1:102::/64", "2001:db8:1:100::/56", "2001:db8:1::/48"],
  ["2001:db8:1::9", "2001:db8:1:0::/64", "2001:db8:1:0::/56", "2001:db8:1::/48"],
  ["2001:db8::", "2001:db8:0:0::/64", "2001:db8:0:0::/56", "2001:db8:0::/48"],
  ["fe80::1%eth0", "fe80:0:0:0::/64", "fe80:0:0:0::/56", "fe80:0:0::/48"],
  ["::1", "0:0:0:0::/64", "0:0:0:0::/56", "0:0:0::/48"],
  ["::", "0:0:0:0::/64", "0:0:0:0::/56", "0:0:0::/48"],
];

const idsOf = (host: string) => networksOf(host).map(({ id }) => id);

for (const [host, ...networks] of ROWS) {
  Deno.test(`${host} lies in ${networks.join(", ")}`, () => assertEquals(idsOf(host), networks));
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
    assertEquals(idsOf(other.remoteAddr.hostname)[0], "127.0.0.1");
    for (const closable of [one, other, listener]) closable.close();
  },
});
