// A folder taken into use by this process: its lock, its worker (the engine), its watch. Several sessions may share it.

import type { Ability } from "../core/ability.ts";
import type { SideName } from "../core/side.ts";
import type { Unwatched } from "../core/unwatched.ts";
import { type Planner } from "../fs/watch/planned_watch.ts";
import { Watch } from "../fs/watch/watch.ts";
import { type Scanned } from "./worker_host.ts";
import type { Endpoint, EndpointOf } from "../endpoint/endpoint.ts";
import type { ProofCounts } from "../core/event.ts";
import type { Partner } from "../endpoint/partner.ts";
import type { Doubt } from "../core/soundness.ts";
import type { HistoryService } from "../history/history_service.ts";
import { type LookCount } from "./looks.ts";
import { type ReadingNews } from "./reading.ts";
import { type Remote } from "./rpc.ts";

/** What a session hears of its root. */
export interface RootListener {
  /** Something in the root changed. */
  changed(): void;
  /** The root cannot be used any more, for `reason`. Not called when the folder is missing, replaced or unreadable: a scan reports that,
   * and it may come back. */
  failed(reason: string): void;
  /** Files are digested, for whatever session: so far. */
  digesting?(howFar: ProofCounts): void;
  /** A look that a session waits for takes longer than a moment: so far. */
  looking?(count: LookCount): void;
  /** What is told of reading its content again. */
  read?(news: ReadingNews): void;
  /** This side's person asks that everything is read, on the other side too; null: that it is stopped. */
  verifies?(rate: number | undefined | null): void;
}

/** The endpoint of a session, until `end`. */
export interface OpenedEndpoint<E extends Endpoint = Endpoint> {
  endpoint: Remote<E>;
  end(): Promise<void>;
}

/** An open root. */
export interface Root {
  /** The absolute path a person knows. */
  readonly folder: string;
  readonly identity: string;
  readonly ability: Ability;
  /** What happened to it, and bringing back. */
  readonly historyService: Remote<HistoryService>;
  /** What of it cannot be watched; null when it is watched, as far as anybody knows. */
  readonly unwatched: Unwatched | null;
  /** Looks at the disk where hints say so; all listeners but `asker` hear of changes. Rejects with RootGone. */
  scan(asker?: RootListener): Promise<Scanned>;
  /** All listeners but `doer`, who changed what is in the folder, hear of it: a look finds nothing new in that. */
  touched(doer?: RootListener): void;
  /** A session's part in the engine, with the verbs of the side that this is. */
  openEndpoint<R extends SideName>(partner: Partner<R>): Promise<OpenedEndpoint<EndpointOf[R]>>;
  /** Hears of changes until the returned function is called. */
  listen(listener: RootListener): () => void;
  /** Watches from now on, if it does not yet: a short run without anybody waiting for changes does without. */
  armWatch(): void;
  /** While this side's disk is busy with our own writing, watching it costs more than it tells: looks at everything after. */
  pauseWatch(): void;
  resumeWatch(): void;
  /** Sees to it that files are digested that an endpoint waits for; all listeners hear of a change when there is news. */
  digest(): void;
  /** The same; resolves when none waits any more, or nothing comes of it. */
  digested(): Promise<void>;
  /** Reads the content of everything, `rate` bytes a second at most, as this side's person asks, or the peer's. Resolves when that
   * is over. */
  verify(by: "own" | "peer", rate?: number): Promise<void>;
  /** Stops that; false when nothing is read. */
  stopVerifying(by: "own" | "peer"): boolean;
  /** Reads what a peer doubts (endpoint.doubt): those files that hold the same here. */
  readDoubted(): Promise<Doubt[]>;
  /** The root is about to be closed: no look takes longer than a moment any more. */
  stopLooking(): void;
  /** Ends the worker and the watch and gives the lock back. */
  close(): Promise<void>;
}

/** What tells of changes in a folder: see `Watch`. */
export type Watching = Pick<Watch, "start" | "stop"> & Partial<Pick<Watch, "follow">>;

/** Who says what is watched, and hears what is not. */
export interface WatchOwner extends Planner {
  /** The watch tells of nothing, again and again; or it does now. */
  deaf(isDeaf: boolean): void;
}
