// `/verify` typed at a terminal: both folders are read, each screen tells of both, and what nobody saw is synced.

import { assertEquals } from "@std/assert";
import { readText } from "../../src/fs/folder.ts";
import { write } from "../support/folder.ts";
import { editUnseen, HIDES_EDITS } from "../support/unseen.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { inCompany } from "./company.ts";

Deno.test({
  name:
    "/verify reads both sides: each screen names an unseen edit and whose it is, and it is synced; asked again, all is as agreed",
  ignore: !hasTerminal || !HIDES_EDITS,
  fn: () =>
    inCompany(async ({ address, path, bob, heard }) => {
      write(path("alice", "a.txt"), "content 1");
      write(path("bob", "b.txt"), "as it was");
      await bob.acceptFrom("alice");
      const meet = async () => {
        const alice = startAtTerminal([
          ...["--connect", address, "--name", "alice", "--folder", path("alice")],
          ...["--state", path("alice's state"), "--yes"],
        ]);
        const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
        await shows("Here: bob.");
        await alice.type("/connectUser bob\r");
        await shows("In sync with bob");
        const quit = async () => {
          await alice.type("/quit\r");
          assertEquals(await alice.ended, 0);
        };
        return { alice, shows, quit };
      };
      await (await meet()).quit();
      editUnseen(path("alice", "a.txt"), "content 2");
      const { alice, shows, quit } = await meet();
      await alice.type("/verify stop\r");
      await shows("Nothing is being verified.");
      assertEquals(readText(path("bob", "a.txt")), "content 1", "no look shows it");
      await bob.verify();
      await shows("edited unseen: a.txt: it was edited");
      const found = await heard((event) => event.event === "differs");
      const { path: where, what, peer } = found as typeof found & { event: "differs" };
      assertEquals([where, what, peer], ["a.txt", "edit", "alice"]);
      await shows("In sync with bob (1 changed)");
      assertEquals(readText(path("bob", "a.txt")), "content 2");
      await alice.type("/verify bob 10M\r");
      await shows("Verified: all is as agreed; 2 files, 18 B read.");
      await shows("Verified: all is as agreed; 2 files, 18 B read in bob's folder.");
      await alice.type("/status\r");
      await alice.until((lines) => /content read \d+ s ago/.test(lines.join("")));
      await quit();
    }),
});
