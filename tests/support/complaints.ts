// What a program wrote to standard error.

/** Wine closes a process's socket to its server before the last threads of that process have ended. One that still asks for
 * something then says so, on the program's standard error. */
const WINES_OWN =
  /^wine client error:[0-9a-f]+: (?:sendmsg|recvmsg): (?:Socket operation on non-socket|Bad file descriptor)\r?\n/gm;

/** All that a program itself complained of. */
export function complaintsIn(stderr: string): string {
  return stderr.replaceAll(WINES_OWN, "");
}
