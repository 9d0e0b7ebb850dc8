// One pair's invitation, as a pure machine: (state, input) → state and what to tell whom.
//
//   state          input                → state        told
//   quiet          invite by X          → offered, X   Y: invitation from X, offered
//   quiet          accept by X of Y     → quiet        X: invitation from Y, withdrawn (it crossed with its end)
//   quiet          anything else        → quiet        -
//   offered, X     invite by X          → offered, X   -
//   offered, X     invite by Y          → quiet        both: answered accepted; tickets, X is alpha
//   offered, X     accept by Y          → quiet        X: answered accepted; Y: invitation accepted; tickets, X is alpha
//   offered, X     decline by Y         → quiet        X: answered declined
//   offered, X     withdraw by X        → quiet        Y: invitation withdrawn
//   offered, X     X leaves             → quiet        Y: invitation withdrawn
//   offered, X     Y leaves             → quiet        X: answered absent
//   offered, X     time is up           → quiet        X: answered expired; Y: invitation expired
//   offered, X     no tickets are left  → quiet        both: answered busy; Y: invitation withdrawn
//   offered, X     anything else        → offered, X   -
//
// Two people who invite each other at once get one session: the second invite is an acceptance of the first.

import type { Reply } from "../wire/control.ts";

/** The two users of a pair, told apart by number. */
export type InvitationSide = 0 | 1;

/** Where a pair's invitation stands; `by` is the inviter. */
export type State = { at: "quiet" } | { at: "offered"; by: InvitationSide };

/** What happens to a pair. */
export type Input =
  | { kind: "invite" | "withdraw" | "accept" | "decline" | "leave"; by: InvitationSide }
  | { kind: "expire" | "crowd" };

/** What is to be done: tell one side something about the other, or give both tickets. */
export type Output =
  | { tell: InvitationSide; what: "invitation"; state: Extract<Reply, { kind: "invitation" }>["state"] }
  | { tell: InvitationSide; what: "answered"; state: Extract<Reply, { kind: "answered" }>["state"] }
  | { tickets: true; alpha: InvitationSide };

/** Nothing is asked. */
export const QUIET: State = { at: "quiet" };

/** One step of the table above. */
export function step(state: State, input: Input): { state: State; outputs: Output[] } {
  return state.at === "quiet" ? fromQuiet(input) : fromOffered(state, input);
}

function fromQuiet(input: Input): { state: State; outputs: Output[] } {
  if (input.kind === "invite") {
    const outputs: Output[] = [{ tell: other(input.by), what: "invitation", state: "offered" }];
    return { state: { at: "offered", by: input.by }, outputs };
  }
  if (input.kind === "accept") {
    return { state: QUIET, outputs: [{ tell: input.by, what: "invitation", state: "withdrawn" }] };
  }
  return { state: QUIET, outputs: [] };
}

function fromOffered(
  state: { at: "offered"; by: InvitationSide },
  input: Input,
): { state: State; outputs: Output[] } {
  const inviter = state.by;
  const invitee = other(inviter);
  const byInviter = "by" in input && input.by === inviter;
  const end = (...outputs: Output[]) => ({ state: QUIET, outputs });
  const stay = { state, outputs: [] };
  const tickets: Output = { tickets: true, alpha: inviter };
  const tellInviter = (answer: "accepted" | "declined" | "expired" | "absent" | "busy"): Output => (
    { tell: inviter, what: "answered", state: answer }
  );
  const tellInvitee = (news: "accepted" | "withdrawn" | "expired"): Output => (
    { tell: invitee, what: "invitation", state: news }
  );

  switch (input.kind) {
    case "invite":
      if (byInviter) return stay;
      return end(tellInviter("accepted"), { tell: invitee, what: "answered", state: "accepted" }, tickets);
    case "accept":
      return byInviter ? stay : end(tellInviter("accepted"), tellInvitee("accepted"), tickets);
    case "decline":
      return byInviter ? stay : end(tellInviter("declined"));
    case "withdraw":
      return byInviter ? end(tellInvitee("withdrawn")) : stay;
    case "leave":
      return end(byInviter ? tellInvitee("withdrawn") : tellInviter("absent"));
    case "expire":
      return end(tellInviter("expired"), tellInvitee("expired"));
    case "crowd":
      return end(
        tellInviter("busy"),
        tellInvitee("withdrawn"),
        { tell: invitee, what: "answered", state: "busy" },
      );
  }
}

function other(side: InvitationSide): InvitationSide {
  return side === 0 ? 1 : 0;
}
