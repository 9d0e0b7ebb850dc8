// When this computer was started: what was written before that, and not flushed, may be lost.

/** In ms, to a few seconds; a clock set anew changes it. Taken at once: a client gives the right to ask up when it begins
 * (`cli/confine.ts`). */
export const BOOT_TIME: number = Date.now() - Deno.osUptime() * 1000;
