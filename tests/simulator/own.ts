// What in a simulated folder is the program's own, and no content of anybody's: people leave it alone, and nobody compares it.

import { isPrivateName } from "../../src/core/tree/path.ts";
import { TRIAL } from "../../src/fs/probe/trial.ts";

export const isOwn = (name: string): boolean => isPrivateName(name) || name === TRIAL;
