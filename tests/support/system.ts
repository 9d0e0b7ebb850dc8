// The system that the tests run on.

export const WINDOWS = Deno.build.os === "windows";
export const POSIX = !WINDOWS;
export const LINUX = Deno.build.os === "linux";
