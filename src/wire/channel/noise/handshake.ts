// The handshake Noise_XX_25519_ChaChaPoly_SHA256 (Noise specification, revision 34): three messages, after which both ends
// know each other's static key and share two ciphers nobody else has. No sockets here: bytes in, bytes out.
//
//   initiator → responder   e
//   initiator ← responder   e, ee, s, es
//   initiator → responder   s, se

import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import { Breach } from "../../../core/failure.ts";
import { agree, generateKeyPair, KEY_LENGTH, type KeyPair } from "../keys.ts";
import { TAG } from "./aead.ts";
import { Cipher } from "./cipher.ts";

/** Which end: the initiator speaks first. */
export type Role = "initiator" | "responder";

/** What a handshake begins with. */
export interface HandshakeOptions {
  /** Which end this is. */
  role: Role;
  /** The lasting key of this end, shown to the other end alone. */
  own: KeyPair;
  /** What both ends must agree on without sending it. */
  prologue: Uint8Array;
  /** A key for this handshake only; a fresh one unless a test has its own. */
  ephemeral?: KeyPair;
}

/** What both ends have in the end. */
export interface Handshaken {
  /** For what this end sends. */
  send: Cipher;
  /** For what it gets: the other end's `send`. */
  receive: Cipher;
  /** The other end's lasting public key. */
  key: Uint8Array;
  /** 32 bytes that are the same at both ends and in no other handshake: who sits between has two of them. */
  binding: Uint8Array;
}

type Token = "e" | "s" | "ee" | "es" | "se";

const NAME = "Noise_XX_25519_ChaChaPoly_SHA256";
const MESSAGES: readonly Token[][] = [["e"], ["e", "ee", "s", "es"], ["s", "se"]];

/** One end of one handshake: `write` and `read` in turn, until `agreement` is there. */
export class Handshake {
  readonly #symmetric: Symmetric;
  readonly #initiates: boolean;
  readonly #static: KeyPair;
  readonly #ephemeral: KeyPair;
  #otherStatic: Uint8Array | undefined;
  #otherEphemeral: Uint8Array | undefined;
  #message = 0;
  #agreement: Handshaken | undefined;

  /** Both ends must be told the same prologue, or neither comes to an agreement. */
  constructor({ role, own, prologue, ephemeral }: HandshakeOptions) {
    this.#initiates = role === "initiator";
    this.#static = own;
    this.#ephemeral = ephemeral ?? generateKeyPair();
    this.#symmetric = new Symmetric(prologue);
  }

  /** This end speaks next. */
  get writes(): boolean {
    return (this.#message % 2 === 0) === this.#initiates;
  }

  /** What both have agreed on, once all messages have passed. */
  get agreement(): Handshaken | undefined {
    if (this.#message < MESSAGES.length) return undefined;
    return this.#agreement ??= this.#agree(); // Once: the same cipher begun twice would seal two messages alike.
  }

  /** This end's next message. The first one's payload is readable by anybody. */
  write(payload: Uint8Array = new Uint8Array(0)): Uint8Array {
    const parts = this.#tokens(true).map((token) => this.#writeToken(token));
    return new Uint8Array(Buffer.concat([...parts, this.#symmetric.seal(payload)]));
  }

  /** Takes the other end's next message; gives its payload. Throws Breach when it is not what it must be. */
  read(message: Uint8Array): Uint8Array {
    let rest = message;
    const take = (length: number) => {
      if (rest.length < length) throw new Breach("a handshake message that is too short arrived");
      const part = rest.subarray(0, length);
      rest = rest.subarray(length);
      return part;
    };
    for (const token of this.#tokens(false)) this.#readToken(token, take);
    return this.#symmetric.open(rest);
  }

  #agree(): Handshaken {
    const [first, second] = this.#symmetric.split();
    return {
      send: this.#initiates ? first : second,
      receive: this.#initiates ? second : first,
      key: this.#otherStatic!,
      binding: this.#symmetric.hash,
    };
  }

  #tokens(writes: boolean): Token[] {
    if (this.writes !== writes || this.#message === MESSAGES.length) {
      throw new Error("the handshake is used out of turn");
    }
    return MESSAGES[this.#message++]!;
  }

  #writeToken(token: Token): Uint8Array {
    if (token === "e") {
      this.#symmetric.mixHash(this.#ephemeral.publicKey);
      return this.#ephemeral.publicKey;
    }
    if (token === "s") return this.#symmetric.seal(this.#static.publicKey);
    this.#mixSecret(token);
    return new Uint8Array(0);
  }

  #readToken(token: Token, take: (length: number) => Uint8Array): void {
    if (token === "e") {
      this.#otherEphemeral = take(KEY_LENGTH).slice();
      this.#symmetric.mixHash(this.#otherEphemeral);
    } else if (token === "s") {
      this.#otherStatic = this.#symmetric.open(take(KEY_LENGTH + TAG));
    } else {
      this.#mixSecret(token);
    }
  }

  /** The letters name the initiator's key, then the responder's. */
  #mixSecret(token: "ee" | "es" | "se"): void {
    const [own, other] = this.#initiates ? [token[0], token[1]] : [token[1], token[0]];
    this.#symmetric.mixKey(agree(
      own === "e" ? this.#ephemeral : this.#static,
      other === "e" ? this.#otherEphemeral! : this.#otherStatic!,
    ));
  }
}

/** The chaining key, the hash of all that passed, and the cipher so far (SymmetricState, §5.2). */
class Symmetric {
  #chainingKey: Uint8Array;
  #cipher: Cipher | undefined;
  hash: Uint8Array;

  constructor(prologue: Uint8Array) {
    this.hash = new TextEncoder().encode(NAME); // Exactly as long as a hash, so it is its own.
    this.#chainingKey = this.hash;
    this.mixHash(prologue);
  }

  mixHash(data: Uint8Array): void {
    this.hash = new Uint8Array(createHash("sha256").update(this.hash).update(data).digest());
  }

  mixKey(secret: Uint8Array): void {
    const [chainingKey, key] = twoKeys(this.#chainingKey, secret);
    this.#chainingKey = chainingKey;
    this.#cipher = new Cipher(key);
  }

  /** Before there is a key, what is sent is only hashed. */
  seal(plain: Uint8Array): Uint8Array {
    const sealed = this.#cipher === undefined ? plain : this.#cipher.seal(plain, this.hash);
    this.mixHash(sealed);
    return sealed;
  }

  open(sealed: Uint8Array): Uint8Array {
    const plain = this.#cipher === undefined ? sealed.slice() : this.#cipher.open(sealed, this.hash);
    this.mixHash(sealed);
    return plain;
  }

  split(): [Cipher, Cipher] {
    const [first, second] = twoKeys(this.#chainingKey, new Uint8Array(0));
    return [new Cipher(first), new Cipher(second)];
  }
}

/** HKDF with two outputs (§4.3). */
function twoKeys(chainingKey: Uint8Array, material: Uint8Array): [Uint8Array, Uint8Array] {
  const hmac = (key: Uint8Array, ...data: Uint8Array[]) => {
    const mac = createHmac("sha256", key);
    for (const part of data) mac.update(part);
    return new Uint8Array(mac.digest());
  };
  const temporary = hmac(chainingKey, material);
  const first = hmac(temporary, Uint8Array.of(1));
  return [first, hmac(temporary, first, Uint8Array.of(2))];
}
