// A disk that is far away: what is at a path whose name begins with "far" it says after a while.

const AFTER_MS = 30;

const { lstatSync } = Deno;
const nothing = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
Deno.lstatSync = (path) => {
  if (/[/\\]far[^/\\]*$/.test(String(path))) Atomics.wait(nothing, 0, 0, AFTER_MS);
  return lstatSync(path);
};
