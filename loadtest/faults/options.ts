/** The command line of `npm run faults`, read into plain wishes. */
import { parseArgs } from 'node:util';

export interface FaultWishes {
  /** Row ids, or families like `C*`; absent: all. */
  readonly only?: readonly string[];
  /** Also the long ones; `longAlone`: only these. */
  readonly long: boolean;
  readonly longAlone: boolean;
  readonly list: boolean;
  readonly json?: string;
  readonly write: boolean;
  readonly keep: boolean;
  /** A gateway that runs already. */
  readonly target?: string;
  readonly wallPort?: number;
  readonly printConfig: boolean;
  readonly help: boolean;
  /** How long the rows that last go on; absent: each as its promise says. */
  readonly minutes?: number;
  /** Share of the counts of the long rows. */
  readonly scale: number;
}

export const USAGE = `npm run faults [-- options]     the catalogue of faults, against this gateway: one line a row, a score at the end

  --only LIST       rows: U1,U6 or whole families: C*
  --quick           without the long rows (the default)
  --long            the long rows alone (soak, tens of thousands of aborts); --all: both
  --minutes N       how long R1, R5, R7 and R8 go on
  --scale X         share of the counts of the other long rows, for a trial (0.02); above 1 as many times H11's mutations
  --list            prints the rows and their promises
  --json FILE       writes every finding there
  --write           writes docs/faults.md
  --keep            keeps what long rows found (loadtest/baselines/faults-long.json) and shows it in docs/faults.md
  --target URL      a gateway that runs already, configured as --print-config says; asks for --wall-port
  --wall-port N     port of the wall of faulty upstreams (default: a free one)
  --print-config    the config with which a gateway can be a target

Exit codes: 0 no row fails, 1 one does, 64 could not run.`;

/** Reads the command line; throws with words for people. */
export function parseWishes(args: readonly string[], ids: readonly string[]): FaultWishes {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ only: text, json: text, target: text, 'wall-port': text, minutes: text, scale: text },
      ...{ quick: flag, long: flag, all: flag, list: flag, write: flag, keep: flag, 'print-config': flag, help: flag },
    },
  });
  const wallPort = portOf(values['wall-port']);
  if ((values.target !== undefined || values['print-config']) && wallPort === undefined)
    throw new Error('a target is configured with the wall’s address: say --wall-port');
  return {
    ...(values.only !== undefined && { only: idsOf(values.only, ids) }),
    ...(values.json !== undefined && { json: values.json }),
    ...(values.target !== undefined && { target: originOf(values.target) }),
    ...(wallPort !== undefined && { wallPort }),
    ...(values.minutes !== undefined && { minutes: positive(values.minutes, '--minutes') }),
    scale: values.scale === undefined ? 1 : positive(values.scale, '--scale'),
    long: (values.long || values.all) ?? false,
    longAlone: (values.long && !values.all && !values.quick) ?? false,
    list: values.list ?? false,
    write: values.write ?? false,
    keep: values.keep ?? false,
    printConfig: values['print-config'] ?? false,
    help: values.help ?? false,
  };
}

function idsOf(list: string, ids: readonly string[]): string[] {
  return list.split(',').flatMap((word) => {
    const wanted = word.trim().toUpperCase();
    const found = wanted.endsWith('*')
      ? ids.filter((id) => id.startsWith(wanted.slice(0, -1)))
      : ids.filter((id) => id === wanted);
    if (found.length === 0) throw new Error(`--only: no row '${word}'`);
    return found;
  });
}

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${flag} wants a number above 0`);
  return value;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) throw new Error('--wall-port wants a port');
  return port;
}

function originOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new Error('--target wants a URL');
  return new URL(text).origin;
}
