/** What one generator process is told to do, whichever engine does it. Types only. */
import type { LoadStage, RunPlan } from '../result.js';
import type { StampForm } from './stamp.js';
import type { UserRow } from './user-row.js';
import type { UserPlan } from './virtual-user.js';

/** Times on the process's own `performance.now()`, milliseconds. */
export interface DrivePlan extends UserPlan {
  /** Full address of the route. */
  url: string;
  /** Numbers of the users of this process; in the open model the places for requests in flight. */
  users: readonly number[];
  startAt: number;
  /** Users begin spread over this time. */
  rampMs: number;
  stopAt: number;
  /** How long streams open at the stop may take to finish. */
  graceMs: number;
  /** Longest time from writing a request to its last byte: data does not prolong it. */
  timeoutMs: number;
  /** Absent: the model does not stamp its events. */
  stamps?: StampForm;
  /** What users are, where a file says it. */
  rows?: readonly UserRow[];
  /** Own engine only. */
  shape?: LoadShape;
}

/** What only the own engine knows to do; see RunPlan for the words. */
export interface LoadShape {
  arrivals?: RunPlan['arrivals'];
  stages?: readonly LoadStage[];
  startUsers?: number;
  /** Of all processes together. */
  iterations?: number;
  /** Which of the processes this is. */
  share: { index: number; of: number };
}

/** Load under way. `done` settles when every user has ended. */
export interface Drive {
  readonly done: Promise<void>;
  /** Stops now: streams under way become incomplete. */
  abort(): void;
}
