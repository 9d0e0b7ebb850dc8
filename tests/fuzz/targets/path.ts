// The gate for paths (N1): what passes stays inside the root on any system, and is no part of the private folder.

import { posix, win32 } from "node:path";
import { namingProblem } from "../../../src/core/ability.ts";
import { Breach } from "../../../src/core/failure.ts";
import {
  compareKey,
  gatePath,
  isPrivateName,
  namesOf,
  type Path,
  PRIVATE_NAME,
} from "../../../src/core/tree/path.ts";
import { holds, orBreach, sentence } from "../check.ts";
import type { Target } from "../fuzz.ts";

const WINDOWS_ABILITY = {
  foldsCase: true,
  executable: false,
  links: false,
  windowsNames: true,
  longestPath: 4000,
};

export const pathTexts: Target<string> = {
  name: "paths",
  runs: 10_000,
  seeds: () => [
    ...["", "a", "a/b.txt", "d/sub/deep/file", "über/straße", ".hidden/..a/b..", "a b/c d", ".tcpsyncignore"],
    ...["con/aux.txt", "a:b", "x/tcpsync/y", "n".repeat(1020), "n/".repeat(200) + "n"],
  ],
  words: [
    ".tcpsync",
    "/.tcpsync/",
    "TCPSYN~1",
    "TCE756~1",
    ".tcpsync:s",
    ".tcp\u200csync",
    ".TCP\u017fYNC",
    "../",
    "\\..\\",
  ],
  run(text) {
    const answers = (["/", "\\"] as const).map((separator) => {
      const path = orBreach(() => gatePath(text, separator));
      if (path instanceof Breach) return sentence(path);
      checkPath(path, separator);
      return `${Math.min(4, namesOf(path).length)} names`;
    });
    return answers.join();
  },
};

function checkPath(path: Path, separator: "/" | "\\") {
  const [root, system] = separator === "/" ? ["/home/root", posix] as const : ["C:\\root", win32] as const;
  const native = path === "" ? root : `${root}${separator}${path.replaceAll("/", separator)}`;
  holds(system.resolve(native) === native, `${native} leads to ${system.resolve(native)}`);
  holds(path.isWellFormed(), "the path has no form in UTF-8");
  for (const name of namesOf(path)) checkName(name, separator);
}

function checkName(name: string, separator: "/" | "\\") {
  holds(!isPrivateName(compareKey(name, true)), `${name} compares equal to the private folder`);
  holds(!opensPrivate(name), `${name} opens the private folder`);
  const trimmed = name.replace(/[. ]+$/, "");
  const passes = separator === "\\" && namingProblem(name, WINDOWS_ABILITY) === null;
  holds(!passes || trimmed === name, `Windows takes ${name} for ${trimmed || "another folder"}`);
}

/** How NTFS, HFS+ and APFS read a name, step by step and each for itself: streams, short names, marks left out, case. */
function opensPrivate(name: string): boolean {
  const [file = ""] = name.split(":");
  const visible = file.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, "");
  return [file, visible].some((read) =>
    ["NFC", "NFKC"].some((form) => {
      const bare = read.normalize(form).replace(/[. ]+$/, "");
      return [bare.toLowerCase(), bare.toUpperCase().toLowerCase()].some((folded) =>
        folded === PRIVATE_NAME || /^tc(psyn|e756)~[1-9]$/.test(folded)
      );
    })
  );
}
