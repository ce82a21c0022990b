/** The command line of `npm run conformance`, read into plain wishes. */
import { parseArgs } from 'node:util';
import { PEERS } from './compare/compare.js';
import { FAMILIES } from './families.js';
import { FEATURES } from './features/index.js';
import { CLIENTS } from './kinds.js';
import { PROTOCOLS, type Protocol } from './words.js';

export interface ConformanceWishes {
  /** A gateway that runs already; absent: this one is started before the mock. */
  target?: string;
  /** Client key for `target`. */
  key: string;
  /** Models of the target for each upstream; absent: `to-chat` and so on. */
  models: Partial<Record<Protocol, string>>;
  /** Cells of one protocol alone, the scripted model under its own name: the mock itself, or a target without conversion. */
  direct: boolean;
  only: string[];
  clients: string[];
  upstreams: Protocol[];
  /** Generations of models, by id. */
  families: string[];
  workers: number;
  /** Other gateways to run the first family's cells through. */
  compare: string[];
  /** File for all cells. */
  json?: string;
  /** Whether docs/conformance.md is written. */
  write: boolean;
  help: boolean;
}

const FEATURE_IDS = FEATURES.map(({ id }) => id);
const FAMILY_IDS = FAMILIES.map(({ id }) => id);
const CLIENT_IDS = CLIENTS.map(({ id }) => id);

export const USAGE = `npm run conformance [-- options]     official client libraries × upstream protocols × features, through a gateway

  --target URL      a gateway that runs already (default: this one, started before the mock LLM)
  --key KEY         client key for --target
  --models LIST     its models of the first family, like chat=to-chat,responses=to-responses,messages=to-messages (the default)
  --direct          cells of one protocol only, model mock-script: the mock itself, or --target without conversion
  --only LIST       features: ${FEATURE_IDS.join(', ')}
  --client LIST     clients: ${CLIENT_IDS.join(', ')}
  --upstream LIST   upstreams: ${PROTOCOLS.join(', ')}
  --family LIST     generations of models: ${FAMILY_IDS.join(', ')} (--target and --direct: the first)
  --workers N       worker processes of the gateway that is started (default: 2)
  --compare LIST    the same through other gateways, installed from their registries: ${Object.keys(PEERS).join(', ')}
  --json FILE       writes every cell there
  --write           writes docs/conformance.md

Exit codes: 0 no cell fails, 1 one does, 64 could not run.`;

/** Reads the command line; throws with words for people. */
export function parseWishes(args: readonly string[]): ConformanceWishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ target: { type: 'string' }, key: { type: 'string' }, models: { type: 'string' }, only: { type: 'string' } },
      ...{
        client: { type: 'string' },
        family: { type: 'string' },
        upstream: { type: 'string' },
        workers: { type: 'string' },
        json: { type: 'string' },
      },
      ...{ compare: { type: 'string' }, direct: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
    },
  });
  const workers = Number(values.workers ?? 2);
  if (!(Number.isInteger(workers) && workers >= 0 && workers <= 64))
    throw new Error('--workers must be a whole number from 0 to 64');
  return {
    ...(values.target === undefined ? {} : { target: originOf(values.target) }),
    key: values.key ?? 'sk-conformance',
    models: modelsOf(values.models),
    direct: values.direct ?? false,
    only: listOf('--only', values.only, FEATURE_IDS),
    clients: listOf('--client', values.client, CLIENT_IDS),
    families: listOf(
      '--family',
      values.family ?? (values.target === undefined && !values.direct ? undefined : FAMILY_IDS[0]),
      FAMILY_IDS,
    ),
    upstreams: listOf('--upstream', values.upstream, PROTOCOLS),
    workers,
    compare: values.compare === undefined ? [] : listOf('--compare', values.compare, Object.keys(PEERS)),
    ...(values.json === undefined ? {} : { json: values.json }),
    write: values.write ?? false,
    help: values.help ?? false,
  };
}

/** All of them where nothing is said. */
function listOf<Word extends string>(flag: string, text: string | undefined, words: readonly Word[]): Word[] {
  if (text === undefined) return [...words];
  const list = text.split(',').map((one) => one.trim()) as Word[];
  const unknown = list.find((one) => !words.includes(one));
  if (unknown !== undefined) throw new Error(`${flag}: no '${unknown}' among ${words.join(', ')}`);
  return list;
}

function modelsOf(text: string | undefined): Partial<Record<Protocol, string>> {
  const pairs = (text?.split(',') ?? []).map((pair) => pair.split('=', 2) as [Protocol, string]);
  if (pairs.some(([protocol, name]) => !PROTOCOLS.includes(protocol) || !name))
    throw new Error('--models wants pairs like chat=to-chat,messages=to-messages');
  return Object.fromEntries(pairs);
}

function originOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new Error('--target wants a URL');
  return text.replace(/\/$/, '');
}
