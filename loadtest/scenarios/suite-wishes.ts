/** What the command line may say of scenarios; `given` holds the names of the options that stood on it. */
export interface SuiteWishes {
  scenario?: string[];
  all: boolean;
  list: boolean;
  quick: boolean;
  full: boolean;
  seed: number;
  workers: number;
  /** As written, `sticky-session:moved.gateway==0`. */
  threshold?: string[];
  out: string;
  summaryExport?: string;
  /** Port of the live page, `true` for any that is free; absent: none. */
  live?: number | true;
  json: boolean;
  title?: string;
  quiet: boolean;
  color: boolean;
}

export interface SuiteOrder extends SuiteWishes {
  readonly given: ReadonlySet<string>;
  /** The command line's words, to be kept with the result. */
  readonly args: readonly string[];
}

/** Whether scenarios are asked for and not a plain round. */
export function isSuite({ scenario, all, list }: SuiteWishes): boolean {
  return all || list || scenario !== undefined;
}

/** A scenario has its own load and targets: these would be heard by nobody. */
const OF_PLAIN_ROUNDS = [
  ...['round', 'vus', 'duration', 'credentials', 'warmup', 'ramp', 'think', 'grace', 'timeout', 'idle', 'timeScale'],
  ...[
    'generators',
    'target',
    'compare',
    'repeats',
    'model',
    'key',
    'mock',
    'pid',
    'rate',
    'arrivals',
    'stage',
    'iterations',
    'users',
    'api',
    'stream',
    'path',
    'engine',
    'emulateCores',
    'coreShare',
    'curve',
    'profileCpu',
    'heap',
  ],
];

/** Throws when the words contradict each other. */
export function checkSuiteWishes({ all, list, quick, full, scenario, given }: SuiteOrder): void {
  const deaf = OF_PLAIN_ROUNDS.filter((name) => given.has(name));
  if (deaf.length > 0 && !list)
    throw new Error(`${deaf.join(', ')}: for plain rounds only; scenarios take --seed, --workers, --quick and --full`);
  if (quick && full) throw new Error('either --quick or --full');
  if (all && scenario) throw new Error('either --all or --scenario');
}
