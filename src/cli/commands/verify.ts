// `tcpsync verify --folder DIR`: reads everything and compares it with what was agreed, where no client runs.
//
// Exit codes: 0 all is as agreed; 1 something differs; 2 it was interrupted, or something could not be read; 3 no such folder, or a
// running client has it.

import { EXIT } from "../../core/failure.ts";
import type { Emit } from "../../core/event.ts";
import type { HowFar } from "../../engine/scrub.ts";
import { verifyOffline } from "../../root/verifying.ts";
import type { VerifyCommand } from "../command.ts";
import { toItsEnd } from "../ending.ts";
import { createJsonEmit } from "../json.ts";
import { createOutput, standardTerminal } from "../output.ts";
import { createProofScreen } from "../verify/screen.ts";
import { onStop } from "../stop.ts";

/** Progress is reported this often. */
const TELL_EVERY_MS = 500;

/** Runs it to its end; gives its exit code. Rejects with UserError. */
export async function runVerify({ folder, stateDir, rate, json }: VerifyCommand): Promise<number> {
  const stop = new AbortController();
  const write = createOutput(() => stop.abort());
  const emit = json ? createJsonEmit(write) : screen(write);
  const forget = onStop(() => stop.abort());
  return await toItsEnd(() => verify(emit, stop.signal), (code) => {
    forget();
    emit({ event: "end", code });
  });

  async function verify(emit: Emit, signal: AbortSignal): Promise<number> {
    let [told, differ, unread] = [-Infinity, 0, 0];
    const tell = (state: "reading" | "done" | "stopped", { begun: _, ...counts }: HowFar) =>
      emit({ event: "proof", folder, state, ...counts });
    const { howFar, whole } = await verifyOffline({
      ...{ folder, stateDir, signal, ...(rate !== undefined && { rate }) },
      howFar(at) {
        if (performance.now() - told < TELL_EVERY_MS) return;
        told = performance.now();
        tell("reading", at);
      },
      differs(found) {
        if (found.what === "unread") unread++;
        else differ++;
        emit({ event: "differs", folder, ...found });
      },
    });
    tell(whole ? "done" : "stopped", howFar);
    if (!whole || unread > 0) return EXIT.incomplete;
    return differ > 0 ? EXIT.unresolved : EXIT.inSync;
  }
}

function screen(write: (text: string) => void): Emit {
  const show = createProofScreen(standardTerminal(write), () => performance.now());
  return (event) => event.event === "proof" || event.event === "differs" ? show(event) : undefined;
}
