/** The config file: every option with its kind, meaning, default and range, in the order in which they are documented. */
import type { Fault } from './fault.js';
import { pathTo, showableName } from './fault.js';
import { autoOr, choice, decimal, duration, type Kind, size, wholeNumber, yesOrNo } from './kinds.js';
import * as texts from './texts.js';
import * as z from './zod.js';

/** What the documentation and the JSON Schema say about an option. */
export interface OptionNotes {
  readonly description: string;
  readonly unit?: string;
  readonly range?: string;
  readonly [keyword: string]: unknown;
}

/** A process has few options to read: compiling a reader for each map costs more start-up time than it saves. */
z.config({ jitless: true });

export const optionNotes = z.registry<OptionNotes>();

const MILLISECOND = 1;
const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const KB = 1024;
const MOST_CREDENTIALS = 10_000;
const MOST_COUNT = 1_000_000_000;

function option<Value>(kind: Kind<Value>, description: string) {
  const reader = z.pipe(
    z.unknown(),
    z.transform((value: unknown, context): Value => {
      const read = kind.read(value);
      if (read !== undefined) return read;
      const missing = value === undefined ? 'is missing: ' : value === null ? 'is empty: ' : '';
      context.issues.push({ code: 'custom', input: undefined, message: `${missing}must be ${kind.expects}` });
      return z.NEVER;
    }),
  );
  return reader.register(optionNotes, { description, unit: kind.unit, range: kind.range, ...kind.json });
}

function section<Shape extends Record<string, z.ZodMiniType>>(description: string, shape: Shape) {
  return z.strictObject(shape).register(optionNotes, { description });
}

const weight = (description: string) => z.prefault(option(wholeNumber(1, 100), description), 1);
const port = wholeNumber(0, 65_535, 'port');
const untilDay = duration(MILLISECOND, DAY);

const untilHour = duration(100 * MILLISECOND, 3600 * SECOND);

const queue = section('Where requests wait that find every place taken; clients take turns.', {
  length: z.prefault(
    option(
      wholeNumber(0, 1_000_000, 'requests'),
      'Most that wait, over all workers; past it the client with the most waiting loses its oldest, which gets 503 (529 in Messages).',
    ),
    1000,
  ),
  age: z.prefault(option(untilHour, 'How long one waits at most; then it gets 503 (529 in Messages).'), '10s'),
});

const credentialQueue = section(
  'Where requests wait that find every credential at its cap (concurrency); first come, first served.',
  {
    length: z.prefault(
      option(
        wholeNumber(0, 1_000_000, 'requests'),
        'Most that wait, over all workers of a host; past it the next gets 503 (529 in Messages) at once.',
      ),
      1000,
    ),
    age: z.prefault(option(untilHour, 'How long one waits at most; then it gets 503 (529 in Messages).'), '5s'),
  },
);

const overload = section(
  'When a worker itself is the bottleneck: it refuses new requests, and before its heap is full ends what holds most.',
  {
    loopDelay: z.prefault(
      option(
        duration(20 * MILLISECOND, 60 * SECOND),
        'Delay of its event loop that has lasted for a second, from which on new requests are refused.',
      ),
      '1s',
    ),
    heapPercent: z.prefault(
      option(
        wholeNumber(10, 100, 'percent'),
        'Use of its heap, or with its buffers of its part of the memory of machine or container, from which on new requests are refused; 5 less ends connections behind their answers, half way to 100 ends the request that holds most. 100 is never.',
      ),
      90,
    ),
  },
);

const server = section('What clients reach.', {
  host: z.prefault(
    option(texts.host, 'Address that the data port listens on; without clients only a loopback address is allowed.'),
    '127.0.0.1',
  ),
  port: z.prefault(option(port, 'Data port; 0 asks the operating system for a free one.'), 8080),
  workers: z.prefault(
    option(
      autoOr(wholeNumber(0, 256, 'processes')),
      'Worker processes; auto is one per core, 0 serves everything in one process.',
    ),
    'auto',
  ),
  accept: z.prefault(
    option(
      choice('spread', 'fill'),
      'Which worker takes a new connection: each in turn (spread), or the first that is not yet well used (fill: less CPU for many long streams, a dying worker cuts more of them).',
    ),
    'spread',
  ),
  http: z.prefault(
    option(
      choice('lane', 'node'),
      "Who reads requests: the gateway's fast lane those of plain form and Node's HTTP server the others (lane), or Node's server all of them (node).",
    ),
    'lane',
  ),
  bodyLimit: z.prefault(option(size(KB, KB ** 3), 'Largest request body; past it the answer is 413.'), '32mb'),
  drainSeconds: z.prefault(option(wholeNumber(0, 86_400, 'seconds'), 'How long a stop waits for running streams.'), 30),
  heartbeatSeconds: z.prefault(
    option(
      wholeNumber(0, 3600, 'seconds'),
      'Silence of an upstream after which the client of a stream gets a comment line; 0 is never.',
    ),
    15,
  ),
  exposeAttempts: z.prefault(
    option(
      yesOrNo,
      'Whether the headers x-gateway-credential and x-gateway-trail tell the caller the ids of the credentials that were asked, with statuses and times.',
    ),
    false,
  ),
  trailComment: z.prefault(
    option(
      yesOrNo,
      'Whether a stream ends with a comment line that says the same, for logs of whole answers; the other bytes stay as they are.',
    ),
    false,
  ),
  maxInFlight: z.prefault(
    option(wholeNumber(1, 1_000_000, 'requests'), 'Requests in flight over all workers past which new ones wait in the queue.'),
    20_000,
  ),
  queue: z.prefault(queue, {}),
  overload: z.prefault(overload, {}),
  maxConnections: z.optional(
    option(
      wholeNumber(1, 1_000_000, 'connections'),
      'Client connections over all workers past which new ones are refused with 503; absent, and at most: by the file descriptors that each worker may have, three quarters of them, less where requests need theirs.',
    ),
  ),
  headersTimeout: z.prefault(option(untilHour, 'How long a request may take until its headers are complete.'), '60s'),
  bodyTimeout: z.prefault(
    option(untilHour, 'How long a request body may take, beside a second for every 500 bytes of it.'),
    '20s',
  ),
});

const admin = section('The port for operators: dashboard, metrics, admin API.', {
  host: z.prefault(option(texts.host, 'Address that the admin port listens on.'), '127.0.0.1'),
  port: z.prefault(option(port, 'Admin port; 0 asks the operating system for a free one.'), 9090),
  key: z.optional(option(texts.secret, 'Bearer key of the admin port; needed when its host is not loopback.')),
});

const store = section('Where the state that workers share lives.', {
  url: z.optional(option(texts.storeUrl, 'Redis server, Sentinel or Cluster; absent: the state lives in the primary process.')),
  prefix: z.prefault(
    option(texts.storePrefix, 'Beginning of every key in Redis; gateways that share state share it.'),
    'tidegate',
  ),
  timeout: z.prefault(option(duration(MILLISECOND, 100), 'Longest that a request waits for the store.'), '100ms'),
  limitsWhenAway: z.prefault(
    option(
      choice('open', 'closed'),
      'What happens to clients with limits while the store is away: each worker goes on with its share of what was left (open), or they are refused (closed).',
    ),
    'open',
  ),
});

const sticky = section('How a session is recognised, so that it stays on one credential.', {
  header: z.prefault(
    option(texts.header, 'Request header that names the session; fields of the body come after it.'),
    'x-session-id',
  ),
  ttl: z.prefault(option(duration(SECOND, 7 * DAY), 'Idle time after which a session is forgotten.'), '1h'),
  maxSessions: z.prefault(
    option(wholeNumber(1, 100_000_000, 'sessions'), 'Most sessions remembered; the least recently used leaves first.'),
    1_000_000,
  ),
  promptPrefix: z.prefault(option(yesOrNo, 'Whether the start of the prompt names a session when nothing else does.'), true),
});

const timeouts = section('How long an upstream may take.', {
  connect: z.prefault(option(untilDay, 'Until the connection stands.'), '2s'),
  headers: z.prefault(option(untilDay, 'From the request until the response headers.'), '60s'),
  firstToken: z.prefault(option(untilDay, 'From the request until the first content of a stream.'), '60s'),
  idle: z.prefault(option(untilDay, 'Silence within a stream.'), '60s'),
  total: z.prefault(option(untilDay, 'The whole request, attempts included.'), '30m'),
});

const retry = section('What happens before the first byte when an attempt fails.', {
  attempts: z.prefault(option(wholeNumber(1, 10, 'attempts'), 'Attempts for one request, the first included.'), 3),
  budgetPercent: z.prefault(
    option(decimal(0, 100, 'percent'), 'Retries allowed as a share of requests, over all workers and hosts; 0 for none.'),
    20,
  ),
});

const budget = section('Most that a client may spend; needs prices on the models.', {
  usd: option(decimal(0, MOST_COUNT, 'USD'), 'The amount.'),
  per: option(choice('hour', 'day', 'week', 'month'), 'The calendar time, of UTC, in which it may be spent.'),
});

const limit = wholeNumber(1, MOST_COUNT);

const client = section('Someone who may use the gateway.', {
  name: option(texts.name, 'Name in metrics, usage and logs; unique.'),
  key: z.optional(option(texts.secret, 'Key that the client sends; either this or keyHash.')),
  keyHash: z.optional(option(texts.hash, 'SHA-256 of the key, so that the file holds no secret.')),
  models: z.prefault(z.array(option(texts.allowedModel, 'A model that the client may ask for.')), ['*']).register(optionNotes, {
    description: 'Models that the client may ask for; * allows all, name* all that begin so.',
    unit: 'list',
  }),
  rpm: z.optional(option(limit, 'Requests in any minute, over all workers and hosts.')),
  tpm: z.optional(
    option(limit, 'Tokens in any minute, prompt and answer: estimated first, settled by what the upstream counts.'),
  ),
  concurrency: z.optional(option(limit, 'Requests in flight, over all workers and hosts.')),
  budget: z.optional(budget),
});

const credential = z
  .strictObject({
    id: z.optional(option(texts.name, 'Name in metrics and logs, unique within the upstream; goes with key.')),
    key: z.optional(option(texts.secret, 'The key itself.')),
    weight: z.optional(option(wholeNumber(1, 100), 'Share of turns. Default 1.')),
    concurrency: z.optional(
      option(limit, "Most requests in flight with it, over all workers and hosts; absent: the upstream's, else no bound."),
    ),
    file: z.optional(option(texts.file, 'File with a key a line, or "id key weight"; # starts a comment.')),
    generate: z.optional(option(wholeNumber(1, MOST_CREDENTIALS, 'keys'), 'How many keys to make up, for load runs.')),
    prefix: z.optional(option(texts.generatedPrefix, 'Beginning of made-up keys. Default sk-load-.')),
  })
  .register(optionNotes, {
    description: 'A key of the upstream, or where keys come from: one of key, file, generate.',
    anyOf: [{ required: ['key'] }, { required: ['file'] }, { required: ['generate'] }],
  });

const upstream = section('A provider, or a server that speaks like one.', {
  name: option(texts.name, 'Name that targets, metrics and logs use; unique.'),
  protocol: option(choice('openai', 'anthropic'), 'What it speaks.'),
  api: z.optional(
    option(
      choice('auto', 'chat', 'responses'),
      'For openai only: which form it offers; auto is the form of the client where offered, else chat. Default auto.',
    ),
  ),
  baseUrl: option(texts.baseUrl, 'Where it is; /v1/chat/completions and so on are appended.'),
  transport: z.optional(
    option(
      choice('socket', 'undici'),
      "Who speaks HTTP to it: the gateway's own client on bare sockets (the cheapest way for streams), or undici. Default socket.",
    ),
  ),
  concurrency: z.optional(option(limit, 'Most requests in flight with each of its credentials; absent: no bound.')),
  queue: z.prefault(credentialQueue, {}),
  credentials: z
    .union([z.array(credential), credential])
    .register(optionNotes, { description: 'Keys that take turns.', unit: 'list' }),
});

const target = section('Where requests for a model go.', {
  upstream: option(texts.name, 'Name of the upstream.'),
  model: z.optional(option(texts.model, 'Model to ask it for; absent: the name that the client used.')),
  weight: weight('Share of turns among targets of one priority.'),
  priority: z.prefault(option(wholeNumber(1, 1000), 'Lower first; the next is used when every credential of this one rests.'), 1),
});

const dollars = decimal(0, 1_000_000, 'USD per million tokens');

const price = section('What tokens cost.', {
  input: option(dollars, 'Input tokens.'),
  cachedInput: z.optional(option(dollars, 'Input tokens read from a prompt cache; absent: as input.')),
  cacheWrite: z.optional(option(dollars, 'Input tokens written to a prompt cache; absent: as input.')),
  output: option(dollars, 'Output tokens.'),
});

const model = section('A model that clients can ask for.', {
  name: option(texts.modelOrRest, 'What clients ask for; * catches the rest. Unique.'),
  targets: z.array(target).register(optionNotes, { description: 'Where its requests go; at least one.', unit: 'list' }),
  fallbacks: z.optional(
    z.array(option(texts.model, 'Another model of this file.')).register(optionNotes, {
      description:
        'Models of this file to ask, in this order, when every target of this one is spent or rests. Theirs are not followed.',
      unit: 'list',
    }),
  ),
  price: z.optional(price),
});

/** The whole file. */
export const fileSchema = section('Configuration of Tidegate.', {
  server: z.prefault(server, {}),
  admin: z.prefault(admin, {}),
  store: z.prefault(store, {}),
  sticky: z.prefault(sticky, {}),
  timeouts: z.prefault(timeouts, {}),
  retry: z.prefault(retry, {}),
  clients: z
    .prefault(z.array(client), [])
    .register(optionNotes, { description: 'Who may use the gateway; absent: everyone, on loopback only.', unit: 'list' }),
  upstreams: z
    .prefault(z.array(upstream), [])
    .register(optionNotes, { description: 'Where requests are sent; at least one.', unit: 'list' }),
  models: z.optional(
    z
      .array(model)
      .register(optionNotes, { description: 'What clients may ask for; absent: * over all upstreams.', unit: 'list' }),
  ),
});

/** The file after reading: durations in milliseconds, sizes in bytes, defaults filled in. */
export type ConfigFile = z.output<typeof fileSchema>;

/** zod's account of what is wrong, in the few shapes that this schema can cause. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly input?: unknown;
  readonly errors?: readonly (readonly Issue[])[];
}

function faultsOfIssue(issue: Issue, base: string): Fault[] {
  const path = issue.path.reduce<string>(pathTo, base);
  if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_union') {
    // The branch of the right shape is the one that does not complain about the value as a whole.
    const branch = issue.errors?.find(
      (issues) => !issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
    );
    return branch?.flatMap((inner) => faultsOfIssue(inner, path)) ?? [{ path, message: 'must be a list, or one entry of it' }];
  }
  if (issue.code !== 'invalid_type') return [{ path, message: issue.message }];
  return [
    {
      path: path === '' ? 'the file' : path,
      message: issue.expected === 'array' ? 'must be a list' : 'must be a map of options',
    },
  ];
}

function unknownKey(path: string, key: string): Fault {
  const shown = showableName(key);
  return shown === undefined
    ? {
        path: path === '' ? 'the file' : path,
        message: 'holds an option of a name that is unknown (not shown: it may be a secret; is a blank missing after a colon?)',
      }
    : { path: pathTo(path, shown), message: 'is unknown: no such option' };
}

/** Check a tree of plain values against the schema. */
export function readConfigFile(tree: unknown): { readonly file?: ConfigFile; readonly faults: readonly Fault[] } {
  const result = z.safeParse(fileSchema, tree);
  if (result.success) return { file: result.data, faults: [] };
  return { faults: result.error.issues.flatMap((issue) => faultsOfIssue(issue as Issue, '')) };
}
