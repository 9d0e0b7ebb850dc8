// Names of what is on its way to a place inside the root that is on a disk of its own: it is gathered there under such a name, and takes
// its own once it is whole. They take part nowhere, whatever the rules say; what a stop left of them goes with the next look.

const ON_ITS_WAY = /^\.tcpsync-[0-9a-f]{8}-\d+\.part$/;

/** The name of the `number`th such thing of a root. */
export function onItsWayName(identity: string, number: number): string {
  return `.tcpsync-${identity.slice(0, 8)}-${number}.part`;
}

/** Whether this is such a name, of any root. */
export function isOnItsWay(name: string): boolean {
  return name.startsWith(".tcpsync-") && ON_ITS_WAY.test(name);
}

/** Whether it is one of that root's. */
export function isOwnOnItsWay(name: string, identity: string): boolean {
  return isOnItsWay(name) && name.startsWith(`.tcpsync-${identity.slice(0, 8)}-`);
}
