// How requests travel within a session: with each look, before it; what came of them with the next message of the same kind.

import type { PeerRequests } from "../wire/message.ts";
import { breach } from "../wire/shape.ts";
import type { Halt } from "../guard/guard.ts";
import type { SessionContext } from "./context.ts";
import { RootGone } from "../core/failure.ts";

/** While the folder is gone nothing in it can be undone: the request is told again with the next look. */
function unlessGone(error: unknown): null {
  if (error instanceof RootGone) return null;
  throw error;
}

/** What to tell the peer. Where nothing of this side's travels, its person asks nothing of the other's folder, until it does again (W3). */
export async function tellRequests({ endpoint, flow }: SessionContext): Promise<PeerRequests> {
  const { wishes: requests, heard } = await endpoint.tellRequests();
  return { wishes: flow === "in" ? [] : requests, heard };
}

/** What came of the peer's requests: whether anything here is other than it was, and whether some of it waits for what is read first. */
type DoneRequest = { acted: boolean; reads: boolean };
const NOTHING: DoneRequest = { acted: false, reads: false };

/** Takes in what the peer tells, and tells the person; what has to wait for a yes is what `halt` has of requests then. Throws Breach. */
export async function hearRequests(
  { root, listener, endpoint, report, self, peer, flow, halt }: SessionContext & {
    halt: { requests: readonly Halt[] };
  },
  { wishes: requests, heard }: PeerRequests,
): Promise<DoneRequest> {
  if (flow === "out" && requests.length > 0) breach("a request for a folder that only gives");
  if (requests.length + heard.length + halt.requests.length === 0) return NOTHING;
  const news = await endpoint.hearRequests({ wishes: requests, heard }).catch(unlessGone);
  halt.requests = news?.halts ?? [];
  if (!news) return NOTHING;
  const { acted, reads, here, there } = news;
  if (reads) root.digest();
  for (const what of here) report.undone({ ...what, whose: self });
  for (const what of there) report.undone({ ...what, whose: peer });
  if (acted) root.touched(listener);
  return { acted, reads };
}
