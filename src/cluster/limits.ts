/** Bounds of supervision in one place. Times in milliseconds. */
import { RESTART_LIMITS, type RestartLimits } from './restart-policy.js';

export interface SupervisionLimits {
  /** Silence of a worker, which speaks every second, after which it is stuck and killed. */
  readonly silence: number;
  /** Longest way from fork to ready. */
  readonly start: number;
  /** How long past its drain deadline a worker may take to leave before it is killed. */
  readonly overtime: number;
  /** How long idle connections of a worker that is replaced stay open, so that keep-alive clients move between requests. */
  readonly linger: number;
  readonly restart: RestartLimits;
}

const LIMITS: SupervisionLimits = { silence: 10_000, start: 30_000, overtime: 2_000, linger: 2_000, restart: RESTART_LIMITS };

/** The bounds in force. `TIDEGATE_WATCHDOG_MS` shortens `silence` and is meant for tests only. */
export function supervisionLimits(env: NodeJS.ProcessEnv): SupervisionLimits {
  const silence = Number(env.TIDEGATE_WATCHDOG_MS);
  return Number.isFinite(silence) && silence > 0 ? { ...LIMITS, silence } : LIMITS;
}
