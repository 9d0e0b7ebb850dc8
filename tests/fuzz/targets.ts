// Everything that takes hostile input and is fuzzed.

import type { Target } from "./fuzz.ts";
import { archives } from "./targets/archive.ts";
import { control } from "./targets/control.ts";
import { frames } from "./targets/frame.ts";
import { ignores } from "./targets/ignore.ts";
import { json } from "./targets/json.ts";
import { meeting } from "./targets/meeting.ts";
import { messages } from "./targets/message.ts";
import { options } from "./targets/options.ts";
import { pathTexts } from "./targets/path.ts";
import { sealed } from "./targets/sealed.ts";
import { sessionWith } from "./targets/session.ts";
import { shell } from "./targets/shell.ts";

export const TARGETS = [
  ...[frames, sealed, messages, control, meeting],
  ...[pathTexts, ignores, archives],
  ...[options, shell, json],
  ...[sessionWith("alpha"), sessionWith("beta")],
] as readonly Target[];
