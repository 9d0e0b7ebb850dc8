// Tests that are too slow for each run, or want large packages: deno task slow.

export const SLOW_TOO = Deno.env.get("TCPSYNC_TESTS") === "all";
