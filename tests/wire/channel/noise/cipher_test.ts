// The cipher of one direction: both ways to compute it agree, and no counter is used twice.

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "../../../support/property.ts";
import { Breach } from "../../../../src/core/failure.ts";
import { type Aead, nativeAead, portableAead, TAG } from "../../../../src/wire/channel/noise/aead.ts";
import { Cipher } from "../../../../src/wire/channel/noise/cipher.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
/** Seals in one go, or in two parts cut anywhere. */
function seal(
  aead: Aead,
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
  plain: Uint8Array,
  cut?: number,
) {
  const sealed = new Uint8Array(plain.length + TAG);
  const parts = cut === undefined ? [plain] : [plain.subarray(0, cut), plain.subarray(cut)];
  aead.seal(key, nonce, ad, parts, sealed);
  return sealed;
}

const array = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

Deno.test("RFC 8439, 2.8.2: the sealed text is the published one", () => {
  const hex = (text: string) => Uint8Array.from(text.match(/../g)!, (byte) => parseInt(byte, 16));
  const plain = new TextEncoder().encode(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  for (const aead of [nativeAead, portableAead]) {
    if (aead === undefined) continue;
    const sealed = seal(aead, key, hex("070000004041424344454647"), hex("50515253c0c1c2c3c4c5c6c7"), plain);
    assertEquals(sealed.subarray(plain.length), hex("1ae10b594f09e26a7e902ecbd0600691"));
  }
});

Deno.test({
  name: "the native cipher and the portable one seal alike, and open each other's",
  ignore: nativeAead === undefined,
  fn: () =>
    fc.assert(
      fc.property(
        array(32),
        array(12),
        fc.uint8Array({ maxLength: 64 }),
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(70_000).map((n) => new Uint8Array(n).fill(n))),
        fc.nat(),
        (key, nonce, ad, plain, cut) => {
          const sealed = seal(portableAead, key, nonce, ad, plain);
          assertEquals(seal(portableAead, key, nonce, ad, plain, cut % (plain.length + 1)), sealed);
          assertEquals(seal(nativeAead!, key, nonce, ad, plain), sealed);
          assertEquals(seal(nativeAead!, key, nonce, ad, plain, cut % (plain.length + 1)), sealed);
          assertEquals(nativeAead!.open(key, nonce, ad, sealed), plain);
          assertEquals(portableAead.open(key, nonce, ad, sealed), plain);
        },
      ),
    ),
});

for (const [name, aead] of [["native", nativeAead], ["portable", portableAead]] as const) {
  Deno.test({
    name: `the ${name} cipher opens nothing that was changed, cut or sealed for other data`,
    ignore: aead === undefined,
    fn: () =>
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(), fc.nat(7), (plain, at, bit) => {
          const [nonce, ad] = [new Uint8Array(12), Uint8Array.of(1)];
          const sealed = seal(aead!, KEY, nonce, ad, plain);
          assertEquals(aead!.open(KEY, nonce, ad, sealed), plain);
          assertEquals(aead!.open(KEY, nonce, new Uint8Array(0), sealed), undefined);
          assertEquals(aead!.open(KEY, nonce, ad, sealed.subarray(0, at % sealed.length)), undefined);
          sealed[at % sealed.length]! ^= 1 << bit;
          assertEquals(aead!.open(KEY, nonce, ad, sealed), undefined);
        }),
      ),
  });
}

Deno.test("a message opens once, and in its turn", () => {
  const [sender, receiver] = [new Cipher(KEY), new Cipher(KEY)];
  const [first, second] = [sender.seal(Uint8Array.of(1)), sender.seal(Uint8Array.of(2))];
  assertEquals(receiver.open(first), Uint8Array.of(1));
  assertThrows(() => receiver.open(first), Breach, "repeated");
  assertThrows(() => new Cipher(KEY).open(second), Breach);
});

Deno.test("the key changes long before counters run out, at both ends at the same message", () => {
  const before = 2 ** 16 - 2;
  const [sender, receiver] = [new Cipher(KEY, before), new Cipher(KEY, before)];
  const still = new Cipher(KEY, before + 2); // A cipher that has not lived through the change has the old key.
  for (let i = 0; i < 2; i++) assertEquals(receiver.open(sender.seal(KEY)), KEY);
  const changed = sender.seal(KEY);
  assertEquals(changed.length, KEY.length + TAG);
  assertEquals(receiver.open(changed), KEY);
  // It changes its key as well, from the same old one: only the count decides.
  assertEquals(still.seal(KEY), changed);
  const unchanged = seal(
    portableAead,
    KEY,
    Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0),
    new Uint8Array(0),
    KEY,
  );
  assertNotEquals(changed, unchanged);
});

Deno.test("counters beyond 32 bits go on, and at their end nothing is sealed any more", () => {
  const [sender, receiver] = [new Cipher(KEY, 2 ** 40 + 3), new Cipher(KEY, 2 ** 40 + 3)];
  assertEquals(receiver.open(sender.seal(KEY)), KEY);
  assertThrows(() => new Cipher(KEY, 2 ** 53 - 1).seal(KEY), Error, "connect anew");
});
