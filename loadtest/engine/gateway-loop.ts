import type { Sample } from '../result.js';

const ANSWER_WITHIN_MS = 2_000;

/** What `GET /api/workers` says, as far as it is used here. */
interface WorkerLoop {
  utilization?: number;
  loopDelay?: number;
}

/** The event loops of a gateway's serving processes, by its own word: asked each second of the load, the last answer kept. */
export class GatewayLoop {
  readonly #adminOrigin: string | undefined;
  #isAsking = false;
  last: Sample['gatewayLoop'];

  constructor(adminOrigin: string | undefined) {
    this.#adminOrigin = adminOrigin;
  }

  /** Asks unless an answer is awaited. A gateway that does not tell is not asked in vain again. */
  ask(): void {
    if (this.#adminOrigin === undefined || this.#isAsking) return;
    this.#isAsking = true;
    void busiestLoop(this.#adminOrigin)
      .then((loop) => {
        this.last = loop;
        this.#isAsking = false;
      })
      .catch(() => {
        this.last = undefined;
      });
  }
}

async function busiestLoop(adminOrigin: string): Promise<Sample['gatewayLoop']> {
  const response = await fetch(`${adminOrigin}/api/workers`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!response.ok) throw new Error(`${response.status}`);
  const { workers = [] } = (await response.json()) as { workers?: WorkerLoop[] };
  if (workers.length === 0) return undefined;
  return {
    delayP99: Math.max(...workers.map(({ loopDelay = 0 }) => loopDelay)),
    elu: Math.max(...workers.map(({ utilization = 0 }) => utilization)),
  };
}
