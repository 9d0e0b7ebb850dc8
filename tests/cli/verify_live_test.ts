// `/verify` typed at a terminal: both folders are read, each screen tells of both, and what nobody saw is synced.

import { assertEquals } from "@std/assert";
import { readText } from "../../src/fs/folder.ts";
import { write } from "../support/folder.ts";
import { editUnseen, TELLS_TOUCHES } from "../support/unseen.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { onStage } from "./stage.ts";

Deno.test({
  name:
    "/verify reads both sides, names an unseen edit on each, and both are synced; asked again, all is as agreed",
  ignore: !hasTerminal || !TELLS_TOUCHES,
  fn: () =>
    onStage(async ({ address, path, bob, heard }) => {
      write(path("alice", "a.txt"), "content 1"); // Long ago: what was saved just now is looked at again anyway.
      write(path("bob", "b.txt"), "content 1");
      write(path("bob", "c.txt"), "as it was");
      const alice = startAtTerminal([
        ...["--connect", address, "--name", "alice", "--folder", path("alice")],
        ...["--state", path("alice's state"), "--yes"],
      ]);
      const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
      await shows("Here: bob.");
      await bob.acceptFrom("alice");
      await alice.type("/connectUser bob\r");
      await shows("In sync with bob");
      await alice.type("/verify stop\r");
      await shows("Nothing is being verified.");
      editUnseen(path("alice", "a.txt"), "content 2");
      editUnseen(path("bob", "b.txt"), "content 3");
      await alice.type("/verify\r");
      await shows("Reading 3 files, 27 B.");
      await shows("edited unseen: a.txt: it was edited");
      await shows("edited unseen: b.txt (bob's): it was edited");
      await shows("Verified: 1 path differs; 3 files, 27 B read.");
      await shows("Verified: 1 path differs; 3 files, 27 B read in bob's folder.");
      await heard((event) => event.event === "differs" && event.path === "b.txt" && event.peer === undefined);
      const same = () => [path("alice", "b.txt"), path("bob", "a.txt")].map(readText);
      while (same().join() !== "content 3,content 2") await new Promise((resolve) => setTimeout(resolve, 20));
      await alice.type("/verify bob 10M\r");
      await shows("Verified: all is as agreed; 3 files, 27 B read.");
      await shows("Verified: all is as agreed; 3 files, 27 B read in bob's folder.");
      await shows("In sync with bob (2 changed)");
      await alice.type("/status\r");
      await alice.until((lines) => /content read \d+ s ago/.test(lines.join("")));
      await alice.type("/quit\r");
      assertEquals(await alice.ended, 0);
    }),
});
