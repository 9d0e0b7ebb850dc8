// Ctrl+C and polite kills: the first asks for a good end, the second ends at once.

import { EXIT } from "../core/failure.ts";

const SIGNALS: Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Calls `first` at the first signal; a second one ends the process. Returns how to stop listening. */
export function onStop(first: () => void): () => void {
  let asked = false;
  const heard = () => {
    if (asked) Deno.exit(EXIT.incomplete);
    asked = true;
    first();
  };
  SIGNALS.forEach((signal) => Deno.addSignalListener(signal, heard));
  return () => SIGNALS.forEach((signal) => Deno.removeSignalListener(signal, heard));
}
