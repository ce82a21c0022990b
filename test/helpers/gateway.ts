/** The built gateway as real processes in front of a mock LLM in the test's own process: what whole-gateway tests start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseMockOptions } from '../../loadtest/mock/options.js';
import { type RunningMock, startSingle } from '../../loadtest/mock/single.js';
import { readMetric } from './metric.js';
import { until } from './primary-process.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Starts tried when a free port is lost to another program. */
const MOST_STARTS = 3;

/** What the helpers need of a tap test. */
export interface TestScope {
  teardown(handler: () => unknown): unknown;
}

/** Sections of the config file, as an object: JSON is YAML. */
export type ConfigObject = Record<string, unknown>;

/** Folder of the built programs: `TIDEGATE_DIST`, else dist. */
export function distFolder(): string {
  const folder = resolve(ROOT, process.env.TIDEGATE_DIST ?? 'dist');
  if (!existsSync(join(folder, 'primary.js'))) throw new Error(`${folder} is not built: npm run build`);
  return folder;
}

/** A mock that answers at once where the model name says nothing else; `--body-limit` and so on as flags. */
export async function startMock(t: TestScope, ...flags: string[]): Promise<MockHandle> {
  const mock = await startSingle(
    parseMockOptions(['--port=0', '--drain=0', '--profile=mock-instant', '--body-limit=64mb', ...flags], {}),
  );
  t.teardown(() => mock.stop());
  return new MockHandle(mock);
}

/** A request as the mock's journal keeps it: what the upstream was really sent. */
export interface JournalEntry {
  readonly method: string;
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly bodyBytes: number;
  readonly model: string;
  readonly key: string;
  readonly session: string;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

export class MockHandle {
  readonly url: string;
  readonly port: number;

  constructor(mock: RunningMock) {
    this.port = mock.port;
    this.url = `http://127.0.0.1:${mock.port}`;
  }

  /** Oldest first. */
  async requests(last = 2000): Promise<JournalEntry[]> {
    const answer = await this.#ask(`/_mock/requests?last=${last}`);
    return (Array.isArray(answer) ? answer : answer.requests) as JournalEntry[];
  }

  async stats(): Promise<any> {
    return this.#ask('/_mock/stats');
  }

  async reset(): Promise<void> {
    await fetch(`${this.url}/_mock/reset`, { method: 'POST' });
  }

  /** `{ key | session | model, fault, n?, times? }`, names without `fault-`. */
  async fail(rule: object): Promise<void> {
    const answer = await fetch(`${this.url}/_mock/faults`, { method: 'POST', body: JSON.stringify(rule) });
    if (!answer.ok) throw new Error(`no such fault: ${JSON.stringify(rule)} ${await answer.text()}`);
  }

  async heal(): Promise<void> {
    await fetch(`${this.url}/_mock/faults`, { method: 'DELETE' });
  }

  async #ask(path: string): Promise<any> {
    return (await fetch(`${this.url}${path}`)).json();
  }
}

/** One upstream `main` with two credentials and a catch-all; a section given in `changes` replaces the whole section, but `server` is merged. */
export function gatewayConfig(upstreamUrl: string, changes: ConfigObject = {}): ConfigObject {
  const { server, ...sections } = changes;
  return {
    server: { port: 0, workers: 1, drainSeconds: 5, ...(server as object | undefined) },
    admin: { port: 0 },
    upstreams: [
      {
        name: 'main',
        protocol: 'openai',
        baseUrl: upstreamUrl,
        credentials: [
          { id: 'k1', key: 'sk-upstream-one' },
          { id: 'k2', key: 'sk-upstream-two' },
        ],
      },
    ],
    models: [{ name: '*', targets: [{ upstream: 'main' }] }],
    ...sections,
  };
}

/** Starts the gateway and waits for its ready line. Stopped by pid when the test ends. */
export async function startGateway(
  t: TestScope,
  config: ConfigObject,
  { args = [] as string[], env = {} as NodeJS.ProcessEnv } = {},
): Promise<GatewayProcess> {
  for (let start = 1; ; start++) {
    // Not `t.testdir()`, which each call empties: a test may start several.
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
    const gateway = new GatewayProcess(join(folder, 'gateway.yaml'), config, args, env);
    t.teardown(async () => {
      await gateway.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    try {
      await gateway.ready();
      return gateway;
    } catch (error) {
      // Port 0 is settled before the workers bind it; on a busy machine a connection of another test may take it between.
      if (start === MOST_STARTS || !String(error).includes('EADDRINUSE')) throw error;
    }
  }
}

export class GatewayProcess {
  readonly child: ChildProcess;
  readonly configFile: string;
  readonly stdout: string[] = [];
  /** The log, a line each. */
  readonly stderr: string[] = [];
  url = '';
  adminUrl = '';
  readonly #gone: Promise<unknown>;

  constructor(configFile: string, config: ConfigObject, args: string[], env: NodeJS.ProcessEnv) {
    this.configFile = configFile;
    this.write(config);
    this.child = spawn(process.execPath, [join(distFolder(), 'primary.js'), '--config', configFile, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...env },
    });
    this.#gone = once(this.child, 'close');
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.stdout.push(line));
    createInterface({ input: this.child.stderr as NodeJS.ReadableStream }).on('line', (line) => this.stderr.push(line));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get logs(): string {
    return this.stderr.join('\n');
  }

  async ready(): Promise<void> {
    const line = () => this.stdout.find((text) => text.includes('is ready on'));
    await until(() => line() !== undefined || this.child.exitCode !== null);
    const match = /is ready on (\S+) .*admin (http\S+?)\)/.exec(line() ?? '');
    if (!match) throw new Error(`the gateway did not start: ${this.stdout.join('\n')}\n${this.logs}`);
    this.url = match[1] as string;
    this.adminUrl = match[2] as string;
  }

  /** Sum of a metric's samples. */
  metric(name: string): Promise<number> {
    return readMetric(this.adminUrl, name);
  }

  /** Another config for the next `reload`. */
  write(config: ConfigObject): void {
    writeFileSync(this.configFile, JSON.stringify(config));
  }

  /** Pids of its children. */
  workers(): number[] {
    try {
      const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
      return text.split(' ').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }

  /** Asks it to end and waits; resolves with its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    await this.#gone;
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    for (const pid of this.workers()) end(pid);
    this.child.kill('SIGKILL');
    await this.#gone;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
