// A defect: what a disk says of the file "stumble" is an error that nobody expects, in whoever reads it.

const { lstatSync } = Deno;
Deno.lstatSync = (path) => {
  if (!/[/\\]stumble$/.test(String(path))) return lstatSync(path);
  lstatSync(path);
  throw Object.defineProperty(new Error(), "message", {
    get: () => {
      throw new RangeError("stumbled");
    },
  });
};
