// Every sentence a person reads, by what it says. What others chose (names, paths, reasons) comes in already escaped.

import { format } from "@std/fmt/bytes";
import type { Unwatched } from "../core/unwatched.ts";
import type { PlanCounts } from "../core/event.ts";
import type { SessionStatus } from "../peer/client.ts";

/** The whole help: it fits a screen. */
export const HELP = `tcpsync keeps a folder the same on two computers, live, both ways.
  tcpsync                     ask what to do
  tcpsync --server            be the meeting point; [--host H] [--port P]
  tcpsync --connect HOST[:PORT] --name NAME [--folder DIR]   be a user
  tcpsync --demo              see it work, on two folders of its own
  tcpsync --fingerprint       print the number by which others know you
  tcpsync --forget WHO        forget a HOST:PORT or a NAME (both: --server too)
  tcpsync history|why|undo|conflicts|resolve|verify --folder DIR  look back
A user types commands, or gives instead:
  --invite USER[=DIR]         keep the folder (or DIR) the same with USER
  --accept-from USER[=DIR]    accept USER's invitation unasked; --wait: anyone's
  --once, --timeout S         end when in sync; or S seconds without progress
  --yes                       yes to the digits of those named, not by --wait
  --approve-mass-change       let the other side delete or rewrite much here
  --trust, --server-key FINGERPRINT  believe this user; no other server
  --password-file FILE        the server's password; --server --password asks
  --keep-days N, --keep-size 5G  how long replaced files stay (30 days)
  --mode send|receive         only your own changes travel, or only the other's
  --scrub-days N              all content is read again each N days (30; 0: not)
  --json; --state DIR         one event a line; keep keys and archives there
Exit: 0 in sync; 1 in sync but for what is listed; 2 start again; 3 not begun.
Example, with tcpsync --server at 192.168.1.5 (port 7420 unless given):
  tcpsync --connect 192.168.1.5 --name alice --folder ~/docs --invite bob
  tcpsync --connect 192.168.1.5 --name bob --folder ~/docs --wait`;

/** A number with its thousands apart. */
export const count = (n: number) => n.toLocaleString("en-US");
/** An amount, as in `1.5 MB`. */
export const bytes = (n: number) => format(n, { maximumFractionDigits: 1 });
const plural = (n: number, one: string, many = one + "s") => `${count(n)} ${n === 1 ? one : many}`;
/** Six digits as a person reads them out: `123 456`. */
const spaced = (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`;
const anotherElsewhere = (peer: string, elsewhere: string) =>
  `${peer} is known by another key from another server (${elsewhere}):\nthis may be somebody else, and --yes is no answer.\n`;
/** Enough of a digest to compare two screens by eye. */
const short = (digest: string) => digest.slice(0, 12);

/** `3 new, 1 deleted`: what a plan does, without what it does not. */
function changes(plan: PlanCounts): string {
  const parts: [number, string][] = [
    [plan.create, "new"],
    [plan.update, "changed"],
    [plan.move, "moved"],
    [plan.delete, "deleted"],
  ];
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
  if (plan.conflict > 0) said.push(plural(plan.conflict, "conflict"));
  return said.join(", ");
}

function leftovers(conflicts: number, problems: number): string {
  const said = [
    ...(conflicts > 0 ? [plural(conflicts, "conflict")] : []),
    ...(problems > 0 ? [plural(problems, "problem")] : []),
  ];
  return said.length > 0 ? `; ${said.join(", ")}` : "";
}

const STATES: Record<SessionStatus["state"], string> = {
  waiting: "waiting for them to come",
  invited: "invited, no answer yet",
  syncing: "syncing",
  insync: "in sync",
  held: "not in sync yet",
  lost: "link lost, being mended",
  halted: "halted",
};

export const words = {
  // The server and the roster.
  listening: (host: string, port: number) => `Meeting point open on ${host}, port ${port}. Ctrl+C closes it.`,
  ownFingerprint: (fingerprint: string) =>
    `Fingerprint: ${fingerprint}; those who connect see the same at their first contact.`,
  reachable: (addresses: string[], port: number) =>
    `Others join with: ${
      addresses.map((a) => `tcpsync --connect ${a.includes(":") ? `[${a}]` : a}:${port} --name NAME`).join(
        "\n              or: ",
      )
    }`,
  closing: "Closing…",
  connected: (user: string) => `Connected as ${user}.`,
  firstServer: (fingerprint: string) =>
    `First time at this server. Its fingerprint is remembered; ask its owner whether it is the right one:\n    ${fingerprint}`,
  present: (users: string[]) => users.length > 0 ? `Here: ${users.join(", ")}.` : "Nobody else is here yet.",
  came: (user: string) => `${user} is here.`,
  left: (user: string) => `${user} has left.`,

  // Invitations.
  question: (user: string, folder: string | undefined, others: string[]) => {
    if (folder === undefined) return `${user} invites you: /accept FOLDER or /decline`;
    const shared = others.length > 0 ? ` too; you keep it with ${listed(others)} already` : "";
    return `${user} invites you: y / n, or /accept FOLDER\n    y: ${folder} is kept the same with ${user}${shared}`;
  },
  together: (user: string, folder: string, others: string[], usage: string) => ({
    question: `Keep ${folder} with ${user}, and with ${listed(others)}?  y / n\n` +
      `    y: all that is in it goes to ${user}, and what any of you changes or deletes there goes to all\n` +
      `    n: nothing of it is shared with ${user}`,
    no: `Nothing is shared with ${user}; to keep another folder: ${usage}`,
    takenBack: takenBack(user),
  }),
  unasked: (user: string) => `${user} invites you; not accepted, since --accept-from ${user} was not given.`,
  youAccepted: (user: string) => `You accepted ${user}'s invitation.`,
  youDeclined: (user: string) => `You declined ${user}'s invitation.`,
  theyWithdrew: (user: string) => `${user} withdrew the invitation.`,
  theirsExpired: (user: string) => `${user}'s invitation expired.`,
  youInvited: (user: string) => `Invited ${user}.`,
  theyAccepted: (user: string) => `${user} accepted.`,
  theyDeclined: (user: string) => `${user} declined.`,
  youWithdrew: (user: string) => `Invitation to ${user} withdrawn.`,
  yoursExpired: (user: string) => `${user} did not answer; the invitation expired.`,

  // Who is who.
  verify: (peer: string, code: string, fingerprint: string) =>
    `First meeting with ${peer}, fingerprint ${fingerprint}.\n` +
    `Both of you see six digits:\n\n    ${spaced(code)}\n`,
  verifyOther: (peer: string, code: string) =>
    `${peer} does not know this computer (any more) and is asked to compare six digits. Read them out:\n\n` +
    `    ${spaced(code)}\n\nThere is nothing to answer here.`,
  digits: (peer: string, code: string, elsewhere?: string) => ({
    question: (elsewhere === undefined ? "" : anotherElsewhere(peer, elsewhere)) +
      `Call ${peer}, or look at both screens: are the six digits there ${spaced(code)} too?  y / n`,
    yes: `You said that ${peer} sees the same; ${peer} has to say so as well.`,
    takenBack: takenBack(peer),
  }),
  digitsYes: (peer: string) => `Taken to be the same at ${peer}'s, since --yes was given.`,
  answeredYes: "Done without asking, since --yes was given.",
  cameBefore: "That was begun before the question came up, so it is no answer to it. Once more:",
  yesOrNoPrompt: "y / n> ",
  yesOrNo: "Write y for yes, n for no",
  refused: (peer: string, reason: string) => `REFUSED, no session with ${peer}: ${reason}.`,
  whoseFingerprint: (own: string, server: string) =>
    `Your fingerprint:         ${own}\nThe server's fingerprint: ${server}`,
  nothingToForget: (who: string) =>
    `Nothing is known of ${who}: write the HOST:PORT of a server, or the NAME of a user`,
  nobodysName: (name: string) => `The name ${name} belongs to nobody on this server`,
  forgotten: (what: string) => `Forgotten: ${what}`,

  // Passwords.
  passwordNew: "The password for those who connect:",
  passwordAgain: "The same once more:",
  passwordsDiffer: "These were not the same. The password again:",
  passwordEmpty: "Write at least one character",
  passwordLong: (most: number) => `it is longer than ${count(most)} characters`,
  passwordWanted: "The server wants a password:",
  passwordWrong: "That is not the password. The right one:",

  // The session.
  oneWayFrom: (from: string) => `one way: only ${from}'s changes travel`,
  oneWay: (peer: string, from: string) =>
    `One way with ${peer}: only ${from}'s changes travel; what is changed on the other side stays there.`,
  plan: (peer: string, plan: PlanCounts) => `With ${peer}: ${changes(plan)}; ${bytes(plan.bytes)} to travel.`,
  progress: (peer: string, percent: number, ofBytes: number, rate: number) =>
    `${peer} ${percent} % of ${bytes(ofBytes)}${rate > 0 ? `, ${bytes(rate)}/s` : ""}`,
  looking: (whose: string, files: number) => `looking at ${whose}'s folder: ${plural(files, "file")} so far`,
  reads: (peer: string, whose: string, files: number, ofBytes: number) =>
    `With ${peer}: ${plural(files, "file")} of ${whose}'s, ${bytes(ofBytes)}, must be read to be compared.`,
  digesting: (whose: string, percent: number, ofBytes: number, rate: number) =>
    `reading ${whose}'s ${percent} % of ${bytes(ofBytes)}${rate > 0 ? `, ${bytes(rate)}/s` : ""}`,
  insync: (
    peer: string,
    at: { digest: string; files: number; bytes: number; conflicts: number; problems: number },
    plan?: PlanCounts,
  ) => {
    const done = plan ? changes(plan) : "";
    return `In sync with ${peer}${done && ` (${done})`}: ${plural(at.files, "file")}, ${bytes(at.bytes)}, ` +
      `digest ${short(at.digest)}${leftovers(at.conflicts, at.problems)}.`;
  },
  conflict: (path: string, kept: string, of: string) =>
    `Conflict: ${path}; ${of}'s content is kept as ${kept}`,
  problem: (where: string, reason: string, retry: boolean) =>
    `Problem: ${where}: ${reason}${retry ? " (will be tried again)" : ""}`,
  keptHome: (peer: string, paths: string[], n: number) => {
    if (n === 0) return `Nothing that ${peer}'s changes would let travel stays home any more.`;
    const shown = paths.length > 3 ? [...paths.slice(0, 3), "…"] : paths;
    const what = n === 1
      ? "what was ignored here and, by a change of"
      : `${count(n)} that were ignored here and, by a change of`;
    return `Stays home: ${what} ${peer}'s, would not be any more: ${shown.join(", ")}`;
  },
  lifted: (peer: string) => ({
    question: `May that travel to ${peer}?  y / n\n` +
      "    y: it is kept the same on both computers from now on\n" +
      "    n: it stays here; to let it travel later, write it into .tcpsyncignore yourself, with ! before it",
    yes: "It travels from now on.",
    no: "It stays here.",
    takenBack: `The question about what was ignored here, with ${peer}, needs no answer any more.`,
  }),
  unwatched: (whose: string, what: Unwatched) => unwatchedText(whose, what),
  watched: (whose: string) => `All of ${whose}'s folder is watched again.`,
  tooManyToTell: (what: "conflict" | "problem", peer: string) =>
    `There are too many ${what}s with ${peer} to tell one by one; further ones are only counted.`,
  halted: (peer: string, reason: string) => `HALTED with ${peer}, nothing is changed: ${reason}.`,
  haltedPlan: (plan: PlanCounts, paths: string[]) => {
    const shown = paths.length > 3 ? [...paths.slice(0, 3), "…"] : paths;
    return `    Planned: ${changes(plan)}${shown.length > 0 ? `; lost would be ${shown.join(", ")}` : ""}`;
  },
  haltedUnasked: (peer: string, needs: { here: boolean; there: boolean }) => {
    const ways = [
      ...(needs.here ? ["start again here with --approve-mass-change"] : []),
      ...(needs.there ? [`${peer} has to say so: on a terminal, or with --approve-mass-change there`] : []),
    ];
    return ways.length === 0
      ? `    It waits for ${peer}'s answer.`
      : `    Nobody is asked here. If it is meant, ${ways.join(", and ")}.`;
  },
  halt: (peer: string, asks: "mass" | "merge") =>
    asks === "mass"
      ? {
        question: "Was that meant?  y / n\n" +
          `    y: it is done on both computers; where ${peer} is asked too, once both have said so\n` +
          "    n: it is not done, and what is gone or changed already comes back",
        yes: `You said that it was meant; where ${peer} is asked too, that answer is waited for.`,
        no: "You said that it was not meant.",
        takenBack: haltTakenBack(peer),
      }
      : {
        question: "Merge the two folders as they are?  y / n\n" +
          `    y: what either has comes to the other, nothing is deleted; where ${peer} is asked too, once both have said so\n` +
          "    n: nothing is changed, and it stays halted",
        yes: `You said yes; where ${peer} is asked too, that answer is waited for.`,
        no: "You said no: it stays halted.",
        takenBack: haltTakenBack(peer),
      },
  resumed: (peer: string, how: "over" | "approved" | "back" | "merged") =>
    ({
      over: `Goes on with ${peer}: what led to the halt is no more.`,
      approved: `Goes on with ${peer} as planned: it was meant.`,
      back:
        `Taken back with ${peer}: what is gone or changed comes back; what it replaces is kept in .tcpsync/versions.`,
      merged: `Goes on with ${peer}: the two folders are merged, and nothing is deleted.`,
    })[how],
  foreign: (folder: string, moved: string) =>
    `The .tcpsync in ${folder} was not made for it by this computer: nothing of it is used. ` +
    `All of it is in ${moved} now; delete that when you need nothing of it.`,
  pastTheirTime: (folder: string, batches: number, until: string) =>
    `Let go in ${folder}: kept versions of ${plural(batches, "batch", "batches")}, ` +
    `up to ${until.slice(0, 16).replace("T", " ")}; newer ones stay.`,
  madeWay: (
    gone: { why: "size" | "room"; folder: string; versions: number; bytes: number; paths: string[] },
  ) =>
    `Let go in ${gone.folder}, ${
      gone.why === "size" ? "more than --keep-size lets stay" : "for want of room on its disk"
    }: ` +
    `${plural(gone.versions, "kept version")}, ` +
    `${bytes(gone.bytes)}: ${gone.paths.join(", ")}${gone.versions > gone.paths.length ? ", …" : ""}.`,
  lostServer: (reason: string, retry?: number) => `Lost the server: ${reason}.${again(retry)}`,
  lostPeer: (peer: string, reason: string, retry?: number) => `Lost ${peer}: ${reason}.${again(retry)}`,
  endedUnresolved: "Ended in sync, but something above is left for you to settle.",
  endedIncomplete: "Ended before everything was in sync; start again to go on.",

  // The shell.
  welcome: "Type /help for the commands, Tab completes them.",
  typeCommand: (near?: string) =>
    `Commands begin with a slash${near ? `: did you mean ${near}?` : ", see /help"}`,
  unknownCommand: (command: string, near?: string) =>
    `There is no ${command}${near ? `: did you mean ${near}?` : "; see /help"}`,
  usage: (usage: string) => `Write it as ${usage}`,
  notHere: (user: string, present: string[], near?: string) =>
    `${user} is not here. ${near ? `Did you mean ${near}? ` : ""}${words.present(present)}`,
  yourself: (user: string) => `${user} is you: name another user.`,
  alreadyWith: (user: string, state: SessionStatus["state"]) =>
    `You already have ${user}: ${STATES[state]}. /disconnect ${user} first to begin anew.`,
  needsFolder: (usage: string) => `There is no folder to keep: write ${usage}`,
  noInvitation: (user?: string) => user ? `${user} has not invited you.` : "Nobody has invited you.",
  whichInvitation: (users: string[]) => `Several have invited you, say whom you mean: ${users.join(", ")}`,
  noSession: (user?: string) => user ? `There is nothing with ${user}.` : "There is nothing to disconnect.",
  disconnected: (user: string) => `Disconnected from ${user}.`,
  status: (peer: string, state: SessionStatus["state"], folder: string) =>
    `${peer}: ${STATES[state]}; ${folder}`,
  sameness: ({ state, verified, problems, conflicts, ...agreed }: SessionStatus) => {
    const what = `${plural(agreed.files, "file")}, ${bytes(agreed.bytes)}, digest ${short(agreed.digest)}`;
    const rest = leftovers(conflicts, problems.length);
    if (!verified) return `agreed: ${what}, not verified yet${rest}`;
    if (state !== "insync" && state !== "held") return `last verified ${ago(verified.ago)}: ${what}${rest}`;
    const isIdentical = state === "insync" && verified.apart === 0 && problems.length === 0;
    const read = verified.read === undefined ? "content not read yet" : `content read ${ago(verified.read)}`;
    if (verified.mute !== undefined) {
      const looked = `looked at ${
        ago(verified.mute)
      }: part of it is on a disk that tells of no changes made elsewhere`;
      return `${isIdentical ? "the same" : "not the same; agreed"}: ${what}, ${looked}; ${read}${rest}`;
    }
    const looked = `verified ${ago(verified.ago)}, all files looked at ${ago(verified.looked)}, ${read}`;
    return `${isIdentical ? "identical" : "not identical; agreed"}: ${what}, ${looked}${rest}`;
  },
  underWay: (plan: NonNullable<SessionStatus["plan"]>) =>
    `${count(plan.files)} of ${plural(plan.ofFiles, "change")} done, ` +
    `${bytes(plan.bytes)} of ${bytes(plan.ofBytes)} travelled; planned first: ${plan.paths.join(", ")}`,
  beingRead: (reading: NonNullable<SessionStatus["digesting"]>[number]) =>
    `${reading.whose}'s files are read to be compared: ${count(reading.files)} of ` +
    `${plural(reading.ofFiles, "file")}, ${bytes(reading.bytes)} of ${bytes(reading.ofBytes)}`,
  inFolder: (path: string, whose?: string) => {
    const place = path || "the whole folder";
    return whose ? `${place} (${whose}'s)` : place;
  },
  differs: (where: string, reason: string, next: { retry: number | undefined } | { needs: string }) =>
    `${where}: ${reason}; ` +
    ("needs" in next
      ? `needs ${next.needs || "one of you"}`
      : next.retry
      ? `tried again in ${next.retry} s`
      : "being tried again"),
  beingWritten: (where: string) => `${where}: is being written; taken when that is over`,
  moreDiffer: (n: number) => `… and ${plural(n, "more path")}`,
  noStatus: "No folder is being kept with anyone yet: /connectUser NAME invites someone who is here.",
  user: (user: string, note?: string) => note ? `${user} (${note})` : user,
  state: (state: SessionStatus["state"]) => STATES[state],
  invitedYou: "has invited you",

  // The menu.
  menuWhat: "What shall tcpsync be?",
  menuServer: "The server: a meeting point for others",
  menuClient: "A client: keep a folder of mine the same with someone",
  menuTry: "Try it here: a server and two users on two folders of this computer",
  menuPort: "Which port?",
  menuPassword: "Password for those who connect (empty: none):",
  menuAddress: "Where is the server? (address, or address:port)",
  menuName: "Your name, as others see it:",
  menuFolder: "Which folder?",
  menuMakeFolder: (folder: string) => `${folder} does not exist. Make it?`,
  menuFirst: "And now?",
  menuInitiate: "Invite someone",
  menuWait: "Wait for an invitation",
  menuWhom: "Whom?",
  menuTypeName: "Someone who is not here yet: type the name",
  menuTheirName: "Their name:",
  menuTogether: (user: string, folder: string, others: string[]) =>
    `You keep ${folder} with ${listed(others)}. Keep it with ${user} too, who gets all that is in it?`,
  menuBadName: (problem: string) => `That cannot be a name: ${problem}`,
  menuNotFolder: "That is a file: name a folder",
  menuNotOwnName: "That is you: write another name",
  pressEnter: "Press Enter to close",

  // The demonstration.
  demoFolders: (alice: string, bob: string) => `alice's folder: ${alice}\n  bob's folder: ${bob}`,
  demoStep: (what: string, ms: number) => `  ok  ${what.padEnd(58)} ${count(Math.round(ms)).padStart(6)} ms`,
  demoFailed: (what: string, why: string) => `  --  ${what}: ${why}`,
  demoSummary: (done: number, of: number) => `${done} of ${of} changes arrived.`,
  demoSame: (files: number, digest: string) =>
    `Both folders are the same: ${plural(files, "file")}, digest ${short(digest)}.`,
  demoHolds: (name: string, paths: string[]) => `${name} has: ${paths.join(", ")}`,
  demoDifferent: "Not everything arrived.",
  demoRemoved: "The two folders are removed again.",
  demoYours: "Now change something in either folder and see it come in the other. Ctrl+C ends it.",
};

/** `150` → `2 min ago`: in the largest unit of which two have passed. */
function ago(seconds: number): string {
  const units: [number, string][] = [[86_400, "days"], [3600, "h"], [60, "min"]];
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? [1, "s"];
  return `${count(Math.floor(seconds / size))} ${unit} ago`;
}

/** What Linux lets one person watch is easily set, and often too little for a large folder. */
const LINUX_WATCHES = 524_288;
const LINUX_INSTANCES = 1_024;

function unwatchedText(whose: string, { why, watched, folders }: Unwatched): string {
  const late = "what changes elsewhere is found only when it is looked at, now and then";
  const set = (what: string, n: number) => `${whose} can set: sudo sysctl fs.inotify.${what}=${n}`;
  switch (why) {
    case "watches": {
      const enough = Math.max(LINUX_WATCHES, 2 ** Math.ceil(Math.log2(2 * folders)));
      const how = `${count(watched)} of ${plural(folders, "folder")} are watched in ${whose}'s folder`;
      return `Too few watches: ${how}; ${late}. ${set("max_user_watches", enough)}`;
    }
    case "instances":
      return `${whose}'s folder is not watched, for other programs watch too much; ${late}. ` +
        set("max_user_instances", LINUX_INSTANCES);
    case "deaf":
      return `${whose}'s system does not tell what changes in the folder: it is found when the folder is looked at, ` +
        "now and then.";
  }
}

/** `bob, carol and dave`. */
function listed(names: string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function takenBack(peer: string): string {
  return `The question about ${peer} is taken back: no answer is needed any more.`;
}

function haltTakenBack(peer: string): string {
  return `The question about the halt with ${peer} needs no answer any more.`;
}

function again(retry?: number): string {
  return retry === undefined ? "" : ` Trying again in ${count(Math.ceil(retry))} s.`;
}
