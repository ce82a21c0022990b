/** Gateway configs for load: the sections that differ by kind. Pure; every key is made up. */

/** What a config is made from. */
export interface ConfigWish {
  /** Origins of mocks. Where a kind has two sorts of upstreams, the second origin is the second sort's. */
  readonly mocks: readonly [first: string, ...more: string[]];
  /** Instances (upstreams) of each protocol, for `many`. */
  readonly instances: number;
  /** Keys of each instance. */
  readonly credentials: number;
}

/** Top-level sections of the gateway's config file. */
export interface Sections {
  readonly upstreams: readonly Upstream[];
  readonly models: readonly Model[];
}

interface Upstream {
  readonly name: string;
  readonly protocol: 'openai' | 'anthropic';
  readonly baseUrl: string;
  readonly credentials: readonly { readonly generate: number; readonly prefix: string }[];
}

interface Model {
  readonly name: string;
  readonly targets: readonly Target[];
}

interface Target {
  readonly upstream: string;
  readonly weight?: number;
  readonly priority?: number;
}

/** Kind → its sections. */
export type Kind = (typeof KINDS)[number];
export const KINDS = ['single', 'many', 'weighted', 'failover', 'protocols'] as const;

/** For people. */
export const KIND_TEXTS: Readonly<Record<Kind, string>> = {
  single: 'one instance',
  many: 'several instances of each protocol, all of one weight',
  weighted: 'three instances with 25, 50 and 25 percent of the turns',
  failover: 'a primary instance, and a backup that is asked while the primary rests',
  protocols: 'one instance of each protocol; a model for each, so that either client meets either',
};

export function sectionsOf(kind: Kind, wish: ConfigWish): Sections {
  return MAKERS[kind](wish);
}

const MAKERS: Readonly<Record<Kind, (wish: ConfigWish) => Sections>> = {
  single: (wish) => ({ upstreams: [openai('single', wish)], models: [all([{ upstream: 'single' }])] }),
  many,
  weighted,
  failover,
  protocols,
};

function many(wish: ConfigWish): Sections {
  const numbers = Array.from({ length: wish.instances }, (_, index) => index + 1);
  const chat = numbers.map((number) => openai(`openai-${number}`, wish));
  const messages = numbers.map((number) => anthropic(`anthropic-${number}`, wish));
  const targets = (upstreams: readonly Upstream[]): Target[] => upstreams.map(({ name }) => ({ upstream: name }));
  return {
    upstreams: [...chat, ...messages],
    models: [{ name: 'claude-load', targets: targets(messages) }, all(targets(chat))],
  };
}

/** Seed 002's shares. */
export const WEIGHTS = [25, 50, 25] as const;

function weighted(wish: ConfigWish): Sections {
  const upstreams = WEIGHTS.map((_, index) => openai(`instance-${index}`, wish));
  return { upstreams, models: [all(WEIGHTS.map((weight, index) => ({ upstream: `instance-${index}`, weight })))] };
}

function failover(wish: ConfigWish): Sections {
  const { mocks } = wish;
  return {
    upstreams: [openai('primary', wish), openai('backup', { ...wish, mocks: [mocks[1] ?? mocks[0]] })],
    models: [
      all([
        { upstream: 'primary', priority: 1 },
        { upstream: 'backup', priority: 2 },
      ]),
    ],
  };
}

function protocols(wish: ConfigWish): Sections {
  return {
    upstreams: [openai('openai', wish), anthropic('anthropic', wish)],
    models: [
      { name: 'gpt-load', targets: [{ upstream: 'openai' }] },
      { name: 'claude-load', targets: [{ upstream: 'anthropic' }] },
    ],
  };
}

function all(targets: readonly Target[]): Model {
  return { name: '*', targets };
}

function openai(name: string, { mocks, credentials }: ConfigWish): Upstream {
  return { name, protocol: 'openai', baseUrl: mocks[0], credentials: keysOf(name, credentials) };
}

/** The second mock, where there is one, stands for the other provider. */
function anthropic(name: string, { mocks, credentials }: ConfigWish): Upstream {
  return { name, protocol: 'anthropic', baseUrl: mocks[1] ?? mocks[0], credentials: keysOf(name, credentials) };
}

function keysOf(name: string, count: number): Upstream['credentials'] {
  return [{ generate: count, prefix: keyPrefix(name) }];
}

/** What the keys of an instance begin with; a number follows. By it the mock's counts tell the instances apart. */
export function keyPrefix(upstream: string): string {
  return `sk-load-${upstream}-`;
}
