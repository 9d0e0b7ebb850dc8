// A process of its own that waits for a line on its input and then, with others, races for the state folder it was given.
// deno-lint-ignore-file no-console -- it speaks on the console

import { openTrust } from "../../src/trust/store.ts";
import { fingerprint, generateKeyPair } from "../../src/wire/channel/keys.ts";

const [stateDir, ...names] = Deno.args;
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));

const trust = openTrust(stateDir!, "server");
console.log(fingerprint(trust.identity.publicKey));
const key = generateKeyPair().publicKey;
for (const name of names) console.log(trust.claim(name, key));
trust.close();
