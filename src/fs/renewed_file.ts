// A small file that is written anew again and again, without holding up anybody: its disk may be a share that does not answer.

/** Writes it, unless it holds what `isOwn` does not take for its own: then false. What is gone is made. Rejects with what the disk says. */
export async function renewFile(
  path: string,
  isOwn: (text: string) => boolean,
  text: string,
): Promise<boolean> {
  const present = await readIfThere(path);
  if (present !== null && !isOwn(present)) return false;
  const fresh = `${path}.new`;
  await Deno.writeTextFile(fresh, text);
  await Deno.rename(fresh, path);
  return true;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
