// A platter that has lost a bit: what is read of the file "rotten" is other than what was written, and nothing else tells.

const { openSync } = Deno;
Deno.openSync = (path, options) => {
  const file = openSync(path, options);
  if (!/[/\\]rotten$/.test(String(path))) return file;
  const readSync = file.readSync.bind(file);
  let isFirst = true;
  file.readSync = (into) => {
    const count = readSync(into);
    if (isFirst && count) into[0]! ^= 1;
    isFirst = false;
    return count;
  };
  return file;
};
