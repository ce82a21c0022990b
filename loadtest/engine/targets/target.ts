/** What load can be sent to: the gateway in its shapes, the two it is compared with, and the mock itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CREDENTIAL_PREFIX, gatewayConfig } from './gateway-config.js';
import { buildGoGateway } from './go-build.js';
import { type Program, type ProgramWish, startProgram } from './program.js';

/**
 * `cluster`: primary and workers · `single`: the same gateway in one process · `direct`: the mock, without a gateway ·
 * `conventional`: Hono + fetch in one process · `go`: the reference gateway on Go's standard library.
 */
export const TARGET_KINDS = ['cluster', 'single', 'direct', 'conventional', 'go'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** How a target is started. */
export interface TargetSettings {
  /** Folder of the built programs, `dist`. */
  home: string;
  /** Folder of another build of the gateway, to measure that one; `cluster` and `single` only. Default: `home`. */
  gatewayHome?: string;
  /** Origin of a mock that runs already. */
  mockUrl: string;
  /** Number of upstream credentials that take turns. */
  credentials: number;
  /** Worker processes; for `cluster` only. */
  workers?: number;
  /** Another Node to run the gateway with; default: the one that runs this. */
  nodePath?: string;
  /** Flags for Node, like `--max-semi-space-size=8`; those of workers go by `env.NODE_OPTIONS`. */
  nodeArgs?: readonly string[];
  /** Top-level sections for the gateway's config file; `cluster` and `single` only. */
  config?: Readonly<Record<string, unknown>>;
  /** Certificate file that the gateway shall trust, for a mock behind TLS. */
  caFile?: string;
  /** Added to the caller's environment. */
  env?: Readonly<Record<string, string>>;
  /** Puts something in front of the command: see ProgramWish. */
  wrap?: ProgramWish['wrap'];
}

/** A target ready for load. */
export interface RunningTarget {
  readonly kind: string;
  /** `http://host:port` to send requests to. */
  readonly url: string;
  /** Of the admin port, where the target has one. */
  readonly adminUrl?: string;
  /** Bearer keys for clients to present in turn. */
  readonly keys: readonly string[];
  /** Headers that it wants of every request. */
  readonly headers?: Record<string, string>;
  /** The target's processes, as far as they live; none for `direct`. The first is the one that was started. */
  pids(): number[];
  /** Settles when all of it is gone. */
  stop(): Promise<void>;
}

/** Long enough for every rule on keys; no secret. */
export const CLIENT_KEY = 'sk-loadtest-client-0123456789';

/** Starts a target and waits until it is ready. Rejects with its own words when it is not; nothing is left running then. */
export async function startTarget(kind: TargetKind, settings: TargetSettings): Promise<RunningTarget> {
  if (kind === 'direct') return direct(settings);
  if (kind === 'cluster' || kind === 'single') return startGateway(kind, settings);
  return startReference(kind, settings);
}

/** What the mock is started with; `maxConcurrent` is the number of requests past which it refuses. */
export interface MockSettings {
  home: string;
  maxConcurrent: number;
  timeScale?: number;
  seed?: number;
  /** More flags of the mock. */
  args?: readonly string[];
}

/** Starts the mock LLM on a free port. */
export function startMock({ home, maxConcurrent, timeScale = 1, seed = 0, args = [] }: MockSettings): Promise<Program> {
  const flags = { '--port': 0, '--max-concurrent': maxConcurrent, '--time-scale': timeScale, '--seed': seed };
  const words = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
  return startProgram({ name: 'mock LLM', command: process.execPath, args: [join(home, 'mock.js'), ...words, ...args] });
}

/** Without a gateway the users present the credentials themselves. */
function direct({ mockUrl, credentials }: TargetSettings): RunningTarget {
  const keys = Array.from({ length: credentials }, (_, index) => `${CREDENTIAL_PREFIX}${index + 1}`);
  return { kind: 'direct', url: mockUrl, keys, pids: () => [], stop: async () => {} };
}

async function startGateway(kind: 'cluster' | 'single', settings: TargetSettings): Promise<RunningTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-load-'));
  const clean = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, 'gateway.yaml');
    await writeFile(file, gatewayConfig({ ...settings, clientKey: CLIENT_KEY }));
    const workers = kind === 'single' ? 0 : (settings.workers ?? 4);
    const args = [join(settings.gatewayHome ?? settings.home, 'primary.js'), '--config', file, '--workers', String(workers)];
    const program = await startProgram({ name: 'gateway', ...onNode(settings, args) });
    return asTarget(kind, program, clean);
  } catch (error) {
    await clean();
    throw error;
  }
}

async function startReference(kind: 'conventional' | 'go', settings: TargetSettings): Promise<RunningTarget> {
  const { mockUrl, credentials, home } = settings;
  const flags = { '--port': '0', '--upstream': mockUrl, '--credentials': String(credentials), '--client-key': CLIENT_KEY };
  const args = Object.entries(flags).flat();
  const wish =
    kind === 'go'
      ? { command: await buildGoGateway(home), args, env: environment(settings), wrap: settings.wrap }
      : onNode(settings, [join(home, 'conventional.js'), ...args]);
  return asTarget(kind, await startProgram({ name: `${kind} gateway`, ...wish }));
}

function onNode(settings: TargetSettings, args: readonly string[]): Omit<ProgramWish, 'name'> {
  const { nodePath = process.execPath, nodeArgs = [], wrap } = settings;
  return { command: nodePath, args: [...nodeArgs, ...args], env: environment(settings), wrap };
}

/** Each runtime has its own name for a certificate to trust. */
function environment({ caFile, env }: TargetSettings): Record<string, string> {
  return { ...(caFile ? { NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile } : {}), ...env };
}

function asTarget(kind: TargetKind, program: Program, clean?: () => Promise<void>): RunningTarget {
  const stop = async (): Promise<void> => {
    await program.stop();
    await clean?.();
  };
  return { kind, url: program.origin, adminUrl: program.adminOrigin, keys: [CLIENT_KEY], pids: program.pids, stop };
}
