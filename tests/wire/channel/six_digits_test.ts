// Fingerprints and six digits: their form, and what decides them.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "../../support/property.ts";
import { fingerprint, generateKeyPair, readFingerprint } from "../../../src/wire/channel/keys.ts";
import { commitTo, keepsCommitment, newNonce, sixDigits } from "../../../src/wire/channel/six_digits.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => i === 31 ? byte ^ 1 : byte);

Deno.test("a fingerprint is six groups of five digits, and is read back however it is typed", () => {
  for (let i = 0; i < 50; i++) {
    const print = fingerprint(generateKeyPair().publicKey);
    assert(/^\d{5}(-\d{5}){5}$/.test(print), print);
    assertEquals(readFingerprint(print), print);
    assertEquals(readFingerprint(` ${print.replaceAll("-", " ")}\n`), print);
    assertEquals(readFingerprint(print.replaceAll("-", "")), print);
  }
  for (const wrong of ["", "12345", "1".repeat(29), "1".repeat(31), "x".repeat(30), "１".repeat(30)]) {
    assertEquals(readFingerprint(wrong), undefined);
  }
});

Deno.test("another key has another fingerprint", () => {
  fc.assert(fc.property(bytes32, (key) => fingerprint(key) !== fingerprint(flipped(key))));
});

Deno.test("six digits depend on the binding and on both nonces, and on which is whose", () => {
  let same = 0;
  fc.assert(
    fc.property(bytes32, bytes32, bytes32, (binding, alpha, beta) => {
      const code = sixDigits(binding, alpha, beta);
      assert(/^\d{6}$/.test(code), code);
      const others = [
        sixDigits(flipped(binding), alpha, beta),
        sixDigits(binding, flipped(alpha), beta),
        sixDigits(binding, alpha, flipped(beta)),
      ];
      same += others.filter((other) => other === code).length;
    }),
    { numRuns: 500 },
  );
  assert(same <= 1, `${same} of 1500 were the same by chance`);
});

Deno.test("the digits are spread evenly", () => {
  const [binding, beta] = [newNonce(), newNonce()];
  const tenths = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const nonce = new Uint8Array(32);
    new DataView(nonce.buffer).setUint32(0, i);
    tenths[Number(sixDigits(binding, nonce, beta)[0])]++;
  }
  // Five standard deviations of a tenth of 10,000.
  for (const count of tenths) assert(Math.abs(count - 1000) < 150, tenths.join(" "));
});

Deno.test("a commitment holds for one nonce on one channel, and does not show it", () => {
  fc.assert(fc.property(bytes32, bytes32, (nonce, binding) => {
    const commitment = commitTo(nonce, binding);
    assert(keepsCommitment(commitment, nonce, binding));
    assert(!keepsCommitment(commitment, flipped(nonce), binding));
    assert(!keepsCommitment(commitment, nonce, flipped(binding)));
    assertNotEquals(commitment, nonce);
  }));
  assert(!keepsCommitment(new Uint8Array(0), newNonce(), newNonce()));
});
