/** What each signal asks of the primary. */

export interface SignalDuties {
  /** First SIGTERM or SIGINT: leave in order. */
  stop(signal: NodeJS.Signals): unknown;
  /** The second: leave now. */
  abort(signal: NodeJS.Signals): unknown;
  /** SIGHUP. */
  reload(): unknown;
  /** SIGUSR2. */
  restart(): unknown;
}

/** Ctrl-C under `npm start` arrives twice, from the terminal and from npm; a person is slower than this, in milliseconds. */
const ECHO = 250;

/** Decides between the first and the second wish to end. Times in milliseconds are passed in. */
export class StopSignals {
  #firstAt: number | undefined;

  judge(signal: NodeJS.Signals, now: number): 'stop' | 'abort' | 'echo' {
    if (this.#firstAt === undefined) {
      this.#firstAt = now;
      return 'stop';
    }
    return signal === 'SIGINT' && now - this.#firstAt < ECHO ? 'echo' : 'abort';
  }
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

function leaveEarly(): never {
  process.exit(0);
}

/** Until `obeySignals` there is nothing to finish: leave. A listener for SIGUSR1 keeps Node from opening its inspector, to which every secret is open. */
export function leaveOnSignals(): void {
  process.on('SIGUSR1', () => {});
  for (const signal of STOP_SIGNALS) process.on(signal, leaveEarly);
}

/** Listen from now on, for as long as the process lives. */
export function obeySignals(duties: SignalDuties): void {
  for (const signal of STOP_SIGNALS) process.off(signal, leaveEarly);
  const stops = new StopSignals();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      const verdict = stops.judge(signal, performance.now());
      if (verdict !== 'echo') duties[verdict](signal);
    });
  }
  process.on('SIGHUP', () => duties.reload());
  process.on('SIGUSR2', () => duties.restart());
}
