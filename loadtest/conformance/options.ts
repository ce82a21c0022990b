/** The door to commander: command line → plain wishes. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { FEATURES } from './features/index.js';
import { CLIENTS } from './kinds.js';
import { PROTOCOLS, type Protocol } from './words.js';

export interface ConformanceWishes {
  target?: string;
  key: string;
  /** Models of the target for each upstream; absent: `to-chat` and so on. */
  models?: Partial<Record<Protocol, string>>;
  /** Same-protocol cells alone, the scripted model under its own name. */
  direct: boolean;
  only?: string[];
  client?: string[];
  upstream?: Protocol[];
  workers: number;
  json?: string;
  write: boolean;
}

/** Parses and obeys the command line; gives the exit code. */
export async function withWishes(args: readonly string[], obey: (wishes: ConformanceWishes) => Promise<number>): Promise<number> {
  let code = 0;
  const program = new Command('conformance')
    .description('Runs official client libraries × upstream protocols × features through a gateway and prints the table.')
    .option('--target <url>', 'a gateway that runs already (default: this one, started before the mock)', url)
    .option('--key <key>', 'client key for --target', 'sk-conformance')
    .option('--models <list>', 'models of the target, like chat=to-chat,responses=to-responses,messages=to-messages', models)
    .option('--direct', 'cells of one protocol only, model mock-script: the mock itself, or --target without conversion', false)
    .option('--only <list>', `features: ${FEATURES.map(({ id }) => id).join(', ')}`, listOf(FEATURES.map(({ id }) => id)))
    .option('--client <list>', `clients: ${CLIENTS.map(({ id }) => id).join(', ')}`, listOf(CLIENTS.map(({ id }) => id)))
    .addOption(new Option('--upstream <list>', `upstreams: ${PROTOCOLS.join(', ')}`).argParser(listOf(PROTOCOLS)))
    .option('--workers <n>', 'worker processes of the gateway', Number, 2)
    .option('--json <file>', 'writes every cell there')
    .option('--write', 'writes docs/conformance.md', false)
    .addHelpText('after', '\nExit codes: 0 no cell fails, 1 one does, 64 could not run.')
    .action(async (wishes: ConformanceWishes) => {
      code = await obey(wishes);
    });
  await program.parseAsync(args, { from: 'user' });
  return code;
}

function listOf<Word extends string>(words: readonly Word[]) {
  return (text: string): Word[] => {
    const list = text.split(',').map((one) => one.trim()) as Word[];
    const unknown = list.find((one) => !words.includes(one));
    if (unknown !== undefined) throw new InvalidArgumentError(`no '${unknown}' among ${words.join(', ')}.`);
    return list;
  };
}

function models(text: string): Partial<Record<Protocol, string>> {
  const pairs = text.split(',').map((pair) => pair.split('=', 2) as [Protocol, string]);
  if (pairs.some(([protocol, name]) => !PROTOCOLS.includes(protocol) || !name))
    throw new InvalidArgumentError('pairs like chat=to-chat,messages=to-messages, please.');
  return Object.fromEntries(pairs);
}

function url(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('a URL, please.');
  return text.replace(/\/$/, '');
}
