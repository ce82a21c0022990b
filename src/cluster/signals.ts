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

/** Who is asked; nobody until there is something to finish. */
let duties: SignalDuties | undefined;
const stops = new StopSignals();

/**
 * Listens from now on, for as long as the process lives; until `obeySignals` a wish to end is granted at once. The listeners
 * stay the same: a signal that Node has caught and not yet told is lost with its listener, and a stop that came while the
 * options were read was never heard of again. One for SIGUSR1 keeps Node from opening its inspector, to which every secret is open.
 */
export function listenToSignals(): void {
  process.on('SIGUSR1', () => {});
  for (const signal of STOP_SIGNALS) process.on(signal, () => end(signal));
  process.on('SIGHUP', () => duties?.reload());
  process.on('SIGUSR2', () => duties?.restart());
}

/** From now on these are asked. */
export function obeySignals(wanted: SignalDuties): void {
  duties = wanted;
}

function end(signal: NodeJS.Signals): void {
  if (duties === undefined) process.exit(0);
  const verdict = stops.judge(signal, performance.now());
  if (verdict !== 'echo') duties[verdict](signal);
}
