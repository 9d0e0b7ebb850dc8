// How the system says that a disk is full, for disks in tests that are made so.

export function diskFull(): Error {
  return new Error(
    Deno.build.os === "windows"
      ? "There is not enough space on the disk. (os error 112)"
      : "No space left on device (os error 28)",
  );
}
