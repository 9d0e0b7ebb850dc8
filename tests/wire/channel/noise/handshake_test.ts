// The handshake against the published vectors of two other implementations, and against hostile bytes.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../../support/property.ts";
import { Breach } from "../../../../src/core/failure.ts";
import { generateKeyPair, keyPairOf } from "../../../../src/wire/channel/keys.ts";
import { Handshake, type Role } from "../../../../src/wire/channel/noise/handshake.ts";
import vectors from "./vectors.json" with { type: "json" };

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

for (const vector of vectors) {
  Deno.test(`the handshake and what follows it are those of the vector of ${vector.source}`, () => {
    const end = (role: Role) =>
      new Handshake({
        role,
        own: keyPairOf(bytes(vector[role].static)),
        prologue: bytes(vector.prologue),
        ephemeral: keyPairOf(bytes(vector[role].ephemeral)),
      });
    const ends = [end("initiator"), end("responder")] as const;
    vector.messages.forEach(({ payload, ciphertext }, turn) => {
      const [writer, reader] = turn % 2 === 0 ? ends : [ends[1], ends[0]];
      const handshaking = writer.agreement === undefined;
      const sent = handshaking ? writer.write(bytes(payload)) : writer.agreement.send.seal(bytes(payload));
      assertEquals(hex(sent), ciphertext);
      const read = handshaking ? reader.read(sent) : reader.agreement!.receive.open(sent);
      assertEquals(hex(read), payload);
    });
    for (const { agreement } of ends) {
      if ("hash" in vector) assertEquals(hex(agreement!.binding), vector.hash);
    }
    assertEquals(ends[0].agreement!.key, keyPairOf(bytes(vector.responder.static)).publicKey);
    assertEquals(ends[1].agreement!.key, keyPairOf(bytes(vector.initiator.static)).publicKey);
  });
}

const PROLOGUE = new TextEncoder().encode("a test");

function ends(prologues = [PROLOGUE, PROLOGUE]) {
  const own = [generateKeyPair(), generateKeyPair()];
  const roles: Role[] = ["initiator", "responder"];
  const [initiator, responder] = roles.map((role, i) =>
    new Handshake({ role, own: own[i]!, prologue: prologues[i]! })
  );
  return { initiator: initiator!, responder: responder!, own };
}

Deno.test("each handshake has a binding of its own, which both ends share", () => {
  const bindings = new Set<string>();
  for (let run = 0; run < 5; run++) {
    const { initiator, responder } = ends();
    responder.read(initiator.write());
    initiator.read(responder.write());
    responder.read(initiator.write());
    assertEquals(initiator.agreement!.binding, responder.agreement!.binding);
    bindings.add(hex(initiator.agreement!.binding));
  }
  assertEquals(bindings.size, 5);
});

Deno.test("two prologues do not come together", () => {
  const { initiator, responder } = ends([PROLOGUE, new TextEncoder().encode("another")]);
  responder.read(initiator.write());
  assertThrows(() => initiator.read(responder.write()), Breach);
});

Deno.test("a changed bit in any message after the first key, or a cut anywhere, is a breach", () => {
  const change = fc.record({ at: fc.nat(), bit: fc.nat(7), cut: fc.boolean(), message: fc.nat(2) });
  fc.assert(
    fc.property(change, ({ at, bit, cut, message }) => {
      const { initiator, responder } = ends();
      const spoil = (bytes: Uint8Array, turn: number) => {
        if (turn !== message) return bytes;
        if (cut) return bytes.subarray(0, at % bytes.length);
        const spoilt = bytes.slice();
        spoilt[at % bytes.length]! ^= 1 << bit;
        return spoilt;
      };
      // The top bit of a public key means nothing to X25519, but all of it is hashed: the next message tells.
      assertThrows(() => {
        responder.read(spoil(initiator.write(), 0));
        initiator.read(spoil(responder.write(), 1));
        responder.read(spoil(initiator.write(), 2));
      }, Breach);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a public key that makes the secret known to all is a breach", () => {
  for (const weak of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
    const { responder } = ends();
    responder.read(weak);
    assertThrows(() => responder.write(), Breach, "no secret");
  }
});

Deno.test("out of turn is a defect, not a message", () => {
  const { initiator, responder } = ends();
  assertThrows(() => responder.write(), Error, "out of turn");
  assertThrows(() => initiator.read(new Uint8Array(32)), Error, "out of turn");
  initiator.write();
  assert(!initiator.writes);
  assertThrows(() => initiator.write(), Error, "out of turn");
});
