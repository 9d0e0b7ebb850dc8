// Whose address it is: what one stranger commands counts as one, so that he cannot come as many.

/** A network that limits count for. */
export interface Network {
  id: string;
  /** How many times as much it may have as the narrowest ones in it. */
  shares: number;
}

/** What a wider network may have: more than one home or office, and far from all there is. */
const WIDER = 2;

/** The networks an address lies in, the narrowest first: an IPv4 address, also when it is written as IPv6
 * (`::ffff:192.0.2.1`), and its /24; of an IPv6 address the /64, of which a home has one at least, and the /56 and the /48,
 * of which whoever asks for it gets one. */
export function networksOf(host: string): Network[] {
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(host);
  if (four) {
    return [{ id: host.replace(/^.*:/, ""), shares: 1 }, { id: `${four[1]}.0/24`, shares: WIDER }];
  }
  if (!host.includes(":")) return [{ id: host, shares: 1 }];
  const [a, b, c, d] = groups(host) as [string, string, string, string];
  const upper = (parseInt(d, 16) & 0xff00).toString(16);
  return [
    { id: `${a}:${b}:${c}:${d}::/64`, shares: 1 },
    { id: `${a}:${b}:${c}:${upper}::/56`, shares: WIDER },
    { id: `${a}:${b}:${c}::/48`, shares: WIDER },
  ];
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groups(host: string): string[] {
  const [head = "", tail] = host.toLowerCase().replace(/%.*$/, "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, ""));
}
