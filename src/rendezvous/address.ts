// Whose address it is: what one stranger commands counts as one, so that he cannot come as many.

/** The network that limits count for: an IPv4 address, also when it is written as IPv6 (`::ffff:192.0.2.1`), or the
 * /64 of an IPv6 address, of which any home has 2^64 addresses. */
export function networkOf(host: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host);
  if (mapped) return mapped[1]!;
  return host.includes(":") ? `${groups(host).slice(0, 4).join(":")}::/64` : host;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groups(host: string): string[] {
  const [head = "", tail] = host.toLowerCase().replace(/%.*$/, "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, ""));
}
