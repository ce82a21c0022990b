/** What the load harness asks of a probed process over its socket, one line of JSON each way. Types only. */
export type Order =
  | { do: 'profile-start'; intervalMicroseconds: number }
  | { do: 'profile-stop'; file: string }
  /** Collects garbage first. */
  | { do: 'memory' }
  /** Collects garbage first; refused when the heap holds more than so many bytes. */
  | { do: 'snapshot'; file: string; mostBytes: number };

export type Answer = { ok: true; memory?: Memory } | { ok: false; why: string };

/** A process after a collection, bytes. */
export interface Memory {
  heapUsed: number;
  heapTotal: number;
  /** Buffers and other memory outside V8's heap that its objects hold; `arrayBuffers` is part of it. */
  external: number;
  arrayBuffers: number;
  rss: number;
}

/** Environment variable with the folder in which a probed process listens. */
export const PROBE_FOLDER = 'TIDEGATE_LOADTEST_PROBE';
