// One direction's cipher: a key and a counter that never repeats (CipherState of the Noise specification, revision 34, §5.1).

import { Breach } from "../../../core/failure.ts";
import { aead, TAG } from "./aead.ts";

/** The key changes after so many messages (4 GiB at most), and the one before cannot be found from it. */
const REKEY_AFTER = 2 ** 16;
/** Counters stay where a number is exact: some 2^69 bytes. */
const LAST_COUNT = 2 ** 53 - 1;

const NOTHING = new Uint8Array(0);

/** Seals or opens the messages of one direction, in order. */
export class Cipher {
  #key: Uint8Array;
  #count: number;
  readonly #nonce = new Uint8Array(12);
  readonly #counter = new DataView(this.#nonce.buffer, 4);

  /** `count` other than 0 is for tests. */
  constructor(key: Uint8Array, count = 0) {
    this.#key = key;
    this.#count = count;
  }

  /** Plain and tag, in a buffer of its own. `ad` is sealed with it and not sent: the other end must know it. Throws when the counter is
   * at its end. */
  seal(plain: Uint8Array, ad: Uint8Array = NOTHING): Uint8Array {
    const sealed = new Uint8Array(plain.length + TAG);
    this.sealInto(sealed, [plain], ad);
    return sealed;
  }

  /** Seals the parts as one message into `into`, which has room for them and the tag, and for nothing else. */
  sealInto(into: Uint8Array, parts: readonly Uint8Array[], ad: Uint8Array = NOTHING): void {
    const nonce = this.#next(); // First: it may change the key.
    aead.seal(this.#key, nonce, ad, parts, into);
  }

  /** Throws Breach when it is not the next message as the other end sealed it. */
  open(sealed: Uint8Array, ad: Uint8Array = NOTHING): Uint8Array {
    const nonce = this.#next();
    const plain = aead.open(this.#key, nonce, ad, sealed);
    if (plain === undefined) {
      throw new Breach(
        "what arrived is not what the other end sent: it was changed, repeated or left out on the way",
      );
    }
    return plain;
  }

  /** The nonce of the next message. Both ends count alike, so both change the key at the same message. */
  #next(): Uint8Array {
    if (this.#count === LAST_COUNT) throw new Error("this connection has carried all it can: connect anew");
    if (this.#count > 0 && this.#count % REKEY_AFTER === 0) this.#rekey();
    const count = this.#count++;
    this.#counter.setUint32(0, count % 2 ** 32, true);
    this.#counter.setUint32(4, Math.floor(count / 2 ** 32), true);
    return this.#nonce;
  }

  /** The next key (§4.2): zeros sealed under the greatest nonce, which nothing else uses. */
  #rekey(): void {
    const nonce = new Uint8Array(12).fill(255, 4);
    const sealed = new Uint8Array(32 + TAG);
    aead.seal(this.#key, nonce, NOTHING, [new Uint8Array(32)], sealed);
    this.#key = sealed.slice(0, 32);
  }
}
