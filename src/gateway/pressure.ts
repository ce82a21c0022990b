/**
 * How hard pressed this process is, in stages: what is cheapest to give up goes first. Pure; readings are passed in.
 *
 *   calm ──heap──▶ closing: connections end behind their answers
 *     └──heap, loop──▶ refusing: new requests get 503 at once
 *                          └──heap──▶ cutting: the streams that hold most are ended, one a look
 */

export type Stage = 'calm' | 'closing' | 'refusing' | 'cutting';

export interface Readings {
  /** How late the last look came, milliseconds: what every chunk and every new request waits for now. */
  readonly loopDelay: number;
  /** Share that is in use of the largest heap, or of this process's part of all memory, percent (`readings.ts`). */
  readonly heapPercent: number;
}

/** From which on new requests are refused. */
export interface PressureBounds {
  readonly loopDelay: number;
  readonly heapPercent: number;
}

/** Looks that a delay must last for: one long turn, a collection or a burst of connections is no overload. */
const LASTING = 4;
/** Connections are closed this many percent of heap before requests are refused. */
const CLOSING_BEFORE = 5;
/** What is refused for is over once it is below this share of its bound. */
const RELIEF = 0.75;
const HEAP_RELIEF = 5;

export class Pressure {
  stage: Stage = 'calm';
  readonly #delays: number[] = [];

  /** Takes in the readings of one look; answers with the stage from now on. */
  note(readings: Readings, bounds: PressureBounds): Stage {
    this.#delays.push(readings.loopDelay);
    if (this.#delays.length > LASTING) this.#delays.shift();
    this.stage = this.#judge(readings, bounds);
    return this.stage;
  }

  #judge({ loopDelay, heapPercent }: Readings, bounds: PressureBounds): Stage {
    const refused = this.stage === 'refusing' || this.stage === 'cutting';
    const heap = heapPercent + (refused ? HEAP_RELIEF : 0);
    if (heapPercent >= (100 + bounds.heapPercent) / 2 && bounds.heapPercent < 100) return 'cutting';
    if (heap >= bounds.heapPercent && bounds.heapPercent < 100) return 'refusing';
    const lasting = this.#delays.length === LASTING ? Math.min(...this.#delays) : 0;
    if (lasting >= bounds.loopDelay || (refused && loopDelay >= bounds.loopDelay * RELIEF)) return 'refusing';
    return heapPercent >= bounds.heapPercent - CLOSING_BEFORE && bounds.heapPercent < 100 ? 'closing' : 'calm';
  }
}
