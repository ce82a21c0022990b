/** The command line, by Node's own parser; wrong flags are faults like any other. */
import { parseArgs } from 'node:util';
import type { FaultList } from './fault.js';
import { showableName } from './fault.js';

/** What the command line said; every value is still a text. */
export interface Flags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly workers?: string;
  readonly check: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const VALUED = ['config', 'host', 'port', 'workers'] as const;
const SWITCHES = ['check', 'help', 'version'] as const;

export const HELP = `Usage: tidegate [--config FILE] [--host HOST] [--port PORT] [--workers N|auto] [--check]

  --config FILE     YAML configuration (GATEWAY_CONFIG); without it a bundled mock LLM answers
  --host HOST       address to listen on (HOST), default 127.0.0.1
  --port PORT       port to listen on (PORT), 0–65535, default 8080
  --workers N|auto  worker processes (WORKERS), 0–256, 0 = all in one process, default auto
  --check           check the configuration and leave: 0 if it is right, 78 if not
  --help            this text
  --version         the version

Environment: GATEWAY_CONFIG, HOST, PORT, WORKERS, REDIS_URL, LOG_LEVEL.
A flag goes before the environment, that before the file, that before the default.
`;

/** Read the arguments after the program's name. Arguments that are no flag of ours are not repeated in the faults. */
export function parseFlags(argv: readonly string[], faults: FaultList): Flags {
  const values = new Map<string, string>();
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(VALUED.map((name) => [name, { type: 'string' as const }])),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') faults.add(`argument ${token.index + 1}`, 'is not a flag; --help lists them');
    if (token.kind === 'option') readFlag(token, values, faults);
  }
  const switched = (name: string) => values.has(name);
  return {
    config: values.get('config'),
    host: values.get('host'),
    port: values.get('port'),
    workers: values.get('workers'),
    check: switched('check'),
    help: switched('help'),
    version: switched('version'),
  };
}

interface OptionToken {
  readonly name: string;
  readonly index: number;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readFlag({ name, index, value, inlineValue }: OptionToken, values: Map<string, string>, faults: FaultList): void {
  const flag = `--${name}`;
  const isSwitch = SWITCHES.some((known) => known === name);
  if (!isSwitch && !VALUED.some((known) => known === name)) {
    const shown = showableName(name);
    faults.add(shown === undefined ? `argument ${index + 1}` : `--${shown}`, 'is no flag of tidegate; --help lists them');
  } else if (values.has(name)) faults.add(flag, 'is given twice');
  else if (isSwitch && value !== undefined) faults.add(flag, 'takes no value');
  else if (!isSwitch && (value === undefined || value === '' || (!inlineValue && value.startsWith('-'))))
    faults.add(flag, 'needs a value');
  else values.set(name, value ?? '');
}
