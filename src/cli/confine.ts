// What a command needs no more it gives up for good: whatever then goes wrong in it cannot use it either.

/** For a server that serves: only its sockets stay, and the database it has open, which SQLite goes on to write. To be
 * called when all its files are open or read, and its addresses are told. */
export function confineServer(): void {
  giveUp("read", "write", "sys", "run", "ffi");
}

/** For a client. Its files it needs to the end: the person may name another folder, and the runtime takes back reading or
 * writing as a whole or not at all. Those who do the work on files reach less (`src/fs/confined.ts`). */
export function confineClient(): void {
  giveUp("run", "ffi");
  // How much room a disk has, and of what kind it is, is asked to the end. Where all was allowed without a list, as by -A, none of these
  // can be taken back.
  for (const kind of ["networkInterfaces", "osUptime"] as const) {
    Deno.permissions.revokeSync({ name: "sys", kind });
  }
}

function giveUp(...names: Deno.PermissionName[]) {
  for (const name of names) Deno.permissions.revokeSync({ name });
}
