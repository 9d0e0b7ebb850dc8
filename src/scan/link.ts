// The rule for links (RULES N5), under the name the scanner knows it by.

export { linkProblem } from "../core/link.ts";
