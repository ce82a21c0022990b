import { availableParallelism } from 'node:os';
import { API_NAMES } from './dialects.js';

/** What the mock is started with. Every value has a flag and an environment variable; the flag wins. */
export interface MockOptions {
  host: string;
  /** 0 takes any free port; the line printed at start names it. */
  port: number;
  /** Chat and embedding requests served at a time over all worker processes; one more is answered 503. */
  maxConcurrent: number;
  /** Worker processes. One serves 1000 streams at 15,000 events a second, so more are for testing, not for speed. */
  workers: number;
  /** How long a non-streamed answer of `mock-model` takes, seconds. */
  responseDelaySeconds: number;
  /** Largest request body, bytes. */
  bodyLimit: number;
  /** What models without a name of the mock's own do: any such name, with or without `mock-`. */
  profile: string;
  seed: number;
  /** All paced durations are multiplied by this. */
  timeScale: number;
  /** How long streams may go on after SIGTERM, seconds. */
  drainSeconds: number;
  /** APIs that this upstream lacks: it answers 404 there. */
  without: readonly string[];
  /** PEM files of a certificate and its key: the mock speaks HTTPS then; both empty: HTTP. */
  tlsCert: string;
  tlsKey: string;
}

/** A flag or variable that cannot be used; the message says which and what is allowed. */
export class MockOptionError extends Error {}

interface Setting {
  flag: string;
  variable: string;
  read(text: string, name: string): number | string | string[];
  fallback: number | string | string[];
}

/** Seed 004: 1500 at a time for one core, 3000 for two; so 1500 for each core. */
const CONCURRENT_PER_CORE = 1500;

const SETTINGS: Record<keyof MockOptions, Setting> = {
  host: { flag: '--host', variable: 'HOST', read: (text) => text, fallback: '127.0.0.1' },
  port: { flag: '--port', variable: 'PORT', read: whole(0, 65535), fallback: 9001 },
  maxConcurrent: {
    flag: '--max-concurrent',
    variable: 'MAX_CONCURRENT',
    read: whole(1, 1_000_000),
    fallback: CONCURRENT_PER_CORE * availableParallelism(),
  },
  workers: { flag: '--workers', variable: 'WORKER_THREADS', read: whole(1, 64), fallback: 1 },
  responseDelaySeconds: { flag: '--response-delay', variable: 'RESPONSE_DELAY_SECONDS', read: decimal(0, 3600), fallback: 0 },
  bodyLimit: { flag: '--body-limit', variable: 'BODY_LIMIT', read: size, fallback: 16 * 1024 },
  profile: { flag: '--profile', variable: 'MOCK_PROFILE', read: (text) => text, fallback: 'mock-model' },
  seed: { flag: '--seed', variable: 'MOCK_SEED', read: whole(0, 1_000_000_000), fallback: 0 },
  timeScale: { flag: '--time-scale', variable: 'TIME_SCALE', read: decimal(0, 1000), fallback: 1 },
  drainSeconds: { flag: '--drain', variable: 'DRAIN_SECONDS', read: decimal(0, 3600), fallback: 30 },
  without: { flag: '--without', variable: 'MOCK_WITHOUT', read: apiNames, fallback: [] },
  tlsCert: { flag: '--tls-cert', variable: 'TLS_CERT', read: (text) => text, fallback: '' },
  tlsKey: { flag: '--tls-key', variable: 'TLS_KEY', read: (text) => text, fallback: '' },
};

/** Flags as `--name value` or `--name=value`, then environment, then defaults. Throws MockOptionError. */
export function parseMockOptions(args: readonly string[], environment: NodeJS.ProcessEnv): MockOptions {
  const flags = readFlags(args);
  const options: Record<string, number | string | string[]> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const flag = flags.get(setting.flag);
    const text = flag ?? environment[setting.variable];
    options[name] =
      text === undefined || text === ''
        ? setting.fallback
        : setting.read(text, flag === undefined ? setting.variable : setting.flag);
  }
  if ((options.tlsCert === '') !== (options.tlsKey === '')) throw new MockOptionError('--tls-cert and --tls-key go together');
  return options as unknown as MockOptions;
}

/** One line for each setting: flag, variable, default. */
export function mockUsage(): string {
  const lines = Object.values(SETTINGS).map(
    (setting) => `  ${setting.flag.padEnd(18)} ${setting.variable.padEnd(24)} ${setting.fallback}`,
  );
  return ['Mock LLM server. Flags, environment variables, defaults:', ...lines].join('\n');
}

function readFlags(args: readonly string[]): Map<string, string> {
  const known = new Set(Object.values(SETTINGS).map((setting) => setting.flag));
  const flags = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const [flag, inline] = (args[index] as string).split(/=(.*)/s, 2) as [string, string | undefined];
    if (!known.has(flag)) throw new MockOptionError(`unknown flag ${flag}\n${mockUsage()}`);
    const value = inline ?? args[++index];
    if (value === undefined) throw new MockOptionError(`${flag} needs a value`);
    flags.set(flag, value);
  }
  return flags;
}

function whole(least: number, most: number) {
  return (text: string, name: string): number => {
    const value = decimal(least, most)(text, name);
    if (!Number.isInteger(value)) throw new MockOptionError(`${name} must be a whole number`);
    return value;
  };
}

function decimal(least: number, most: number) {
  return (text: string, name: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new MockOptionError(`${name} must be a number from ${least} to ${most}`);
    return value;
  };
}

/** `responses,count_tokens` */
function apiNames(text: string, name: string): string[] {
  const names = text.split(',').map((one) => one.trim());
  if (names.some((one) => !(one in API_NAMES)))
    throw new MockOptionError(`${name} must be a list of ${Object.keys(API_NAMES).join(', ')}`);
  return names;
}

function size(text: string, name: string): number {
  const match = /^(\d+)(b|kb|mb)?$/i.exec(text.trim());
  const value = Number(match?.[1]) * { b: 1, kb: 1024, mb: 1024 * 1024 }[(match?.[2] ?? 'b').toLowerCase() as 'b' | 'kb' | 'mb'];
  if (!(value >= 1 && value <= 1024 ** 3)) throw new MockOptionError(`${name} must be a size like 16kb or 32mb`);
  return value;
}
