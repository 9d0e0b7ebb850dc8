// The question about the six digits: at the shell's prompt, and on the terminal of a run by flags.

import type { Digits } from "../../src/peer/meeting.ts";
import { assert, assertEquals } from "@std/assert";
import { askingTerminal } from "../../src/cli/prompt/unattended_prompt.ts";
import { plainTerminal } from "../../src/cli/output.ts";
import { createFakeClient } from "./fake_client.ts";
import { openEnds, openShell } from "./open_shell.ts";

const bob = { peer: "bob", code: "123456", fingerprint: "31415-92653" };
const carol = { peer: "carol", code: "654321", fingerprint: "27182-81828" };
const EARLY = "That was begun before the question came up";
const QUESTION = "Call bob, or look at both screens: are the six digits there 123 456 too?";

type Shown = ReturnType<typeof onShell>;

/** A shell that is asked as a meeting asks. */
function onShell(options: { yes?: boolean } = {}) {
  const client = createFakeClient();
  const opened = openShell(client, options);
  const over = opened.shell.run(client);
  const ask = (digits: Digits) => {
    const meeting = new AbortController();
    opened.shell.emit({ event: "verify", ...digits, asked: true });
    return { answer: opened.shell.questions.askDigits(digits, meeting.signal), end: () => meeting.abort() };
  };
  const shows = (text: string, often = 1) =>
    opened.screen.until((lines) => lines.filter((line) => line.includes(text)).length === often);
  /** dave, say, invites. */
  const invited = (user: string) => {
    client.waiting = [...client.waiting, user];
    opened.shell.emit({ event: "invitation", from: user, state: "offered" });
    return shows(`${user} invites you`);
  };
  const typed = async (keys: string) => {
    opened.type(keys);
    await opened.screen.until((lines) => lines.at(-1) === `alice> ${keys}`);
  };
  const leave = async () => {
    opened.type("\x15/quit\r");
    await over;
  };
  return { ...opened, ask, shows, invited, typed, leave };
}

const times = ({ screen }: Pick<Shown, "screen">, text: string) =>
  screen.lines().filter((line) => line.includes(text)).length;

for (const [line, same] of [["y", true], ["YES", true], ["n", false], ["no", false]] as const) {
  Deno.test(`digits: ${line} at the prompt says that they are ${same ? "the same" : "different"}`, async () => {
    const shown = onShell();
    const { answer, end } = shown.ask(bob);
    await shown.shows(QUESTION);
    assert(shown.screen.lines().includes("    123 456"), "big and clear");
    shown.type(line + "\r");
    assertEquals(await answer, same);
    end();
    assertEquals(times(shown, "taken back"), 0, "what is answered is not taken back");
    assertEquals(shown.client.calls, []);
    await shown.leave();
  });
}

Deno.test("digits: the line being typed survives the question, and is no answer to it", async () => {
  const shown = onShell();
  shown.type("/accept b");
  await shown.screen.until((lines) => lines.at(-1) === "alice> /accept b");
  const { answer } = shown.ask(bob);
  await shown.shows(QUESTION);
  await shown.screen.until((lines) => lines.at(-1) === "alice> /accept b");
  shown.client.waiting = ["bob"];
  shown.type("ob\r");
  await shown.screen.until(() => shown.client.calls.includes("accept bob"));
  shown.type("maybe\r");
  await shown.shows("Commands begin with a slash");
  shown.type("y\r");
  assertEquals(await answer, true);
  await shown.leave();
});

Deno.test("digits: asked after an invitation they come first, and the invitation is asked about again", async () => {
  const shown = onShell();
  await shown.invited("dave");
  const { answer } = shown.ask(bob);
  await shown.shows(QUESTION);
  shown.type("n\r");
  assertEquals(await answer, false);
  assertEquals(shown.client.calls, []);
  await shown.shows("dave invites you", 2);
  shown.type("y\r");
  await shown.screen.until(() => shown.client.calls.includes("accept dave"));
  await shown.leave();
});

Deno.test("digits: a question is taken back when it needs no answer any more; a late y answers nothing", async () => {
  const shown = onShell();
  const { answer, end } = shown.ask(bob);
  await shown.shows(QUESTION);
  end();
  await shown.shows("The question about bob is taken back");
  assertEquals(await answer, false);
  shown.type("y\r");
  await shown.shows("Commands begin with a slash");
  await shown.leave();
});

Deno.test("digits: a second question waits its turn, and one taken back meanwhile is never asked", async () => {
  const shown = onShell();
  const first = shown.ask(bob);
  const second = shown.ask({ ...bob, peer: "dave" });
  const third = shown.ask(carol);
  await shown.shows(QUESTION);
  second.end();
  shown.type("y\r");
  assertEquals([await first.answer, await second.answer], [true, false]);
  first.end();
  await shown.shows("Call carol, or look at both screens: are the six digits there 654 321 too?");
  assertEquals([times(shown, "Call bob"), times(shown, "Call dave")], [1, 0]);
  shown.type("n\r");
  assertEquals(await third.answer, false);
  await shown.leave();
});

Deno.test("T16: digits: a y begun before the question is no answer to it; the next one is", async () => {
  const shown = onShell();
  await shown.typed("y");
  const { answer } = shown.ask(bob);
  await shown.shows(QUESTION);
  shown.type("\r");
  await shown.shows(QUESTION, 2);
  assertEquals(times(shown, EARLY), 1);
  shown.type("n\r");
  assertEquals(await answer, false, "the y answered");
  await shown.leave();
});

Deno.test("digits: a y begun for a question that is taken back does not answer the next one", async () => {
  const shown = onShell();
  const first = shown.ask(bob);
  const second = shown.ask(carol);
  await shown.shows(QUESTION);
  await shown.typed("y");
  first.end();
  await shown.shows("Call carol");
  shown.type("\r");
  await shown.shows("Call carol", 2);
  assertEquals(times(shown, EARLY), 1);
  shown.type("n\r");
  assertEquals([await first.answer, await second.answer], [false, false]);
  await shown.leave();
});

Deno.test("T16: digits: of two lines that come in one piece the second answers nothing it could not have seen", async () => {
  const shown = onShell();
  const first = shown.ask(bob);
  const second = shown.ask(carol);
  await shown.shows(QUESTION);
  shown.type("y\ry\r");
  assertEquals(await first.answer, true);
  await shown.shows("Call carol", 2);
  shown.type("n\r");
  assertEquals(await second.answer, false);
  await shown.leave();
});

Deno.test("digits: a y begun for an invitation is no yes to digits that come up meanwhile", async () => {
  const shown = onShell();
  await shown.invited("dave");
  await shown.typed("y");
  const { answer, end } = shown.ask(bob);
  await shown.shows(QUESTION);
  shown.type("es\r");
  await shown.shows(QUESTION, 2);
  assertEquals([times(shown, EARLY), shown.client.calls], [1, []]);
  end();
  assertEquals(await answer, false);
  await shown.shows("dave invites you", 2);
  shown.type("n\r");
  await shown.screen.until(() => shown.client.calls.includes("decline dave"));
  await shown.leave();
});

Deno.test("digits: a y begun for an invitation stays one for it alone, also when digits came and went", async () => {
  const shown = onShell();
  await shown.invited("dave");
  await shown.typed("y");
  const { end } = shown.ask(bob);
  await shown.shows(QUESTION);
  end();
  await shown.shows("dave invites you", 2);
  shown.type("\r");
  await shown.shows("dave invites you", 3);
  assertEquals([times(shown, EARLY), shown.client.calls], [1, []]);
  await shown.leave();
});

Deno.test("digits: an invitation that comes after them is what y means, and then they are asked about again", async () => {
  const shown = onShell();
  const { answer } = shown.ask(bob);
  await shown.shows(QUESTION);
  await shown.typed("y");
  await shown.invited("dave");
  shown.type("\r");
  await shown.shows("dave invites you", 2);
  assertEquals([times(shown, EARLY), shown.client.calls], [1, []]);
  shown.type("y\r");
  await shown.screen.until(() => shown.client.calls.includes("accept dave"));
  await shown.shows(QUESTION, 2);
  shown.type("n\r");
  assertEquals(await answer, false);
  await shown.leave();
});

Deno.test("digits: an invitation withdrawn leaves the digits asked about again", async () => {
  const shown = onShell();
  const { answer } = shown.ask(bob);
  await shown.invited("dave");
  await shown.typed("n");
  shown.client.waiting = [];
  shown.shell.emit({ event: "invitation", from: "dave", state: "withdrawn" });
  await shown.shows(QUESTION, 2);
  shown.type("\r");
  await shown.shows(QUESTION, 3);
  assertEquals(times(shown, EARLY), 1);
  shown.type("y\r");
  assertEquals(await answer, true);
  await shown.leave();
});

Deno.test("T16: digits: what was typed before the prompt opened is no answer to what is asked there", async () => {
  const client = createFakeClient();
  const { shell, screen, type } = openShell(client);
  const answer = shell.questions.askDigits(bob, new AbortController().signal);
  type("y\ry");
  const over = shell.run(client);
  await screen.until((lines) => lines.some((line) => line.includes(QUESTION)));
  type("n\r");
  assertEquals(await answer, false);
  type("/quit\r");
  await over;
});

Deno.test("digits: a question that comes before the prompt is shown when it opens", async () => {
  const client = createFakeClient();
  const { shell, screen, type } = openShell(client);
  const answer = shell.questions.askDigits(bob, new AbortController().signal);
  assertEquals(screen.lines(), [""]);
  const over = shell.run(client);
  await screen.until((lines) => lines.some((line) => line.includes(QUESTION)));
  type("y\r");
  assertEquals(await answer, true);
  type("/quit\r");
  await over;
});

Deno.test("T12: --yes answers the digits of who was invited by name, and says so; others are asked about", async () => {
  const shown = onShell({ yes: true });
  shown.client.present = ["bob"];
  const { answer } = shown.ask(carol);
  await shown.shows("Call carol");
  shown.type("n\r");
  assertEquals(await answer, false);
  shown.type("/connectUser Bob\r");
  await shown.screen.until(() => shown.client.calls.includes("invite bob"));
  assertEquals(await shown.ask(bob).answer, true);
  await shown.shows("Taken to be the same at bob's, since --yes was given.");
  assertEquals(times(shown, "Call bob"), 0);
  const another = shown.ask({ ...bob, elsewhere: "16180-33988" });
  await shown.shows("bob is known by another key from another server (16180-33988)");
  await shown.shows("Call bob");
  shown.type("n\r");
  assertEquals(await another.answer, false);
  await shown.leave();
});

Deno.test("digits: leaving the shell takes the question with it, without a word", async () => {
  const shown = onShell();
  const { answer, end } = shown.ask(bob);
  await shown.shows(QUESTION);
  await shown.leave();
  end();
  assertEquals(await answer, false);
  assertEquals(times(shown, "taken back"), 0);
});

/** A run by flags at a terminal, whose lines go to the screen as they are when nothing is asked. */
function atTerminal() {
  const { input, output, screen } = openEnds();
  let left = 0;
  const plain = plainTerminal((text) => void output.write(text));
  const terminal = askingTerminal(plain, () => left++, { input, output });
  return { screen, terminal, type: (keys: string) => input.write(keys), left: () => left };
}

Deno.test("digits: by flags at a terminal the prompt is there only as long as a question is", async () => {
  const { screen, terminal, type } = atTerminal();
  terminal.line("before");
  const first = terminal.askDigits(bob, new AbortController().signal);
  await screen.until((lines) => lines.at(-1) === "y / n> ");
  terminal.line("meanwhile");
  await screen.until((lines) => lines.at(-2) === "meanwhile" && lines.at(-1) === "y / n> ");
  type("what\r");
  await screen.until((lines) => lines.includes("Write y for yes, n for no"));
  type("y\r");
  assertEquals(await first, true);
  terminal.line("after");
  await screen.until((lines) => lines.at(-2) === "after" && lines.at(-1) === "");
  assertEquals(screen.lines().filter((line) => line === "y / n> "), []);

  // Nothing listens now.
  type("y\ry");
  const second = terminal.askDigits(carol, new AbortController().signal);
  await screen.until((lines) => lines.at(-1) === "y / n> ");
  type("n\r");
  assertEquals(await second, false);
});

Deno.test("digits: by flags at a terminal Ctrl+C at the question leaves", async () => {
  const { screen, terminal, type, left } = atTerminal();
  const meeting = new AbortController();
  const answer = terminal.askDigits(bob, meeting.signal);
  await screen.until((lines) => lines.at(-1) === "y / n> ");
  type("\x03");
  await screen.until(() => left() === 1);
  meeting.abort();
  assertEquals(await answer, false);
});

Deno.test("digits: by flags a question taken back takes the prompt with it", async () => {
  const { screen, terminal } = atTerminal();
  const meeting = new AbortController();
  const answer = terminal.askDigits(bob, meeting.signal);
  await screen.until((lines) => lines.at(-1) === "y / n> ");
  meeting.abort();
  assertEquals(await answer, false);
  await screen.until((lines) => lines.at(-2)?.includes("taken back") === true && lines.at(-1) === "");
});

Deno.test("digits: by flags two questions at once come one after the other, and a late y is for neither", async () => {
  const { screen, terminal, type } = atTerminal();
  const meeting = new AbortController();
  const shows = (text: string, often: number) =>
    screen.until((lines) => lines.filter((line) => line.includes(text)).length === often);
  const first = terminal.askDigits(bob, meeting.signal);
  const second = terminal.askDigits(carol, new AbortController().signal);
  await shows("Call bob", 1);
  type("y");
  await screen.until((lines) => lines.at(-1) === "y / n> y");
  meeting.abort();
  await shows("Call carol", 1);
  type("\r");
  await shows("Call carol", 2);
  type("n\r");
  assertEquals([await first, await second], [false, false]);
});
