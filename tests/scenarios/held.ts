// A file held open on Windows as many programs do: nobody else may rename or delete it meanwhile, and mostly not read or write it.

const NO_SHARING = 0;
/** Others may read and write it, but neither rename nor delete it. */
export const SHARED = 3;
const READ_AND_WRITE = 0xc0000000;
const EXISTING = 3;

/** Opens the file, mostly without sharing it, until disposed of. On Windows only. */
export function hold(path: string, sharing = NO_SHARING): Disposable {
  const library = Deno.dlopen("kernel32.dll", {
    CreateFileW: {
      parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
      result: "pointer",
    },
    CloseHandle: { parameters: ["pointer"], result: "i32" },
  });
  const name = new Uint8Array(Uint16Array.from(`${path}\0`.split(""), (unit) => unit.charCodeAt(0)).buffer);
  const open = () => library.symbols.CreateFileW(name, READ_AND_WRITE, sharing, null, EXISTING, 0, null);
  let handle = open();
  // Somebody may be reading it this very moment.
  for (let tries = 1; isNone(handle); tries++) {
    if (tries === 100) throw new Error(`cannot hold ${path}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    handle = open();
  }
  return {
    [Symbol.dispose]() {
      library.symbols.CloseHandle(handle);
      library.close();
    },
  };
}

function isNone(handle: Deno.PointerValue): boolean {
  return handle === null || Deno.UnsafePointer.value(handle) === 0xffff_ffff_ffff_ffffn;
}
