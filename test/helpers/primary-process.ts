/** A built primary as a real process whose workers are `test/fixtures/fake-worker.mjs`: what the cluster promises, without the gateway's weight. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Generous: the machine may be busy. Milliseconds. */
const PATIENCE = 30_000;

/** What the helper needs of a tap test. */
interface TestScope {
  testdir(): string;
  teardown(handler: () => unknown): unknown;
}

/** Bundles the primary beside the fake worker; answers with the folder. */
export function buildWithFakeWorker(t: TestScope): string {
  const folder = join(t.testdir(), 'dist');
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, env: { ...process.env, TIDEGATE_DIST: folder } });
  copyFileSync(join(ROOT, 'test/fixtures/fake-worker.mjs'), join(folder, 'worker.js'));
  return folder;
}

/** A configuration with nothing behind it, as the fake worker asks nobody. */
export function configText({ workers = 2, upstream = 'first', port = 0, drainSeconds = 10 } = {}): string {
  return [
    `server: { port: ${port}, workers: ${workers}, drainSeconds: ${drainSeconds} }`,
    'admin: { port: 0 }',
    `upstreams: [{ name: ${upstream}, protocol: openai, baseUrl: "http://127.0.0.1:9", credentials: [{ id: k1, key: sk-secret-of-test }] }]`,
    `models: [{ name: "*", targets: [{ upstream: ${upstream} }] }]`,
  ].join('\n');
}

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export class PrimaryProcess {
  readonly child: ChildProcess;
  readonly stdout: string[] = [];
  readonly log: LogLine[] = [];
  /** Stderr lines that are not of the log. */
  readonly stderr: string[] = [];
  readonly exit: Promise<Exit>;
  readonly configFile: string;

  /** Without a configuration: the demo. */
  constructor(
    t: TestScope,
    folder: string,
    config: string | undefined,
    { args = [] as string[], env = {} as NodeJS.ProcessEnv } = {},
  ) {
    this.configFile = join(folder, `config-${Math.random().toString(36).slice(2)}.yaml`);
    if (config !== undefined) writeFileSync(this.configFile, config);
    const configArgs = config === undefined ? [] : ['--config', this.configFile];
    this.child = spawn(process.execPath, [join(folder, 'primary.js'), ...configArgs, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...env },
    });
    this.exit = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.stdout.push(line));
    createInterface({ input: this.child.stderr as NodeJS.ReadableStream }).on('line', (line) => this.#hear(line));
    t.teardown(async () => {
      for (const pid of this.workers()) kill(pid);
      this.child.kill('SIGKILL');
      await this.exit;
    });
  }

  #hear(line: string): void {
    if (line.startsWith('{')) this.log.push(JSON.parse(line));
    else this.stderr.push(line);
  }

  /** The origin that the ready line names. */
  async ready(): Promise<string> {
    await until(() => this.stdout.some((line) => line.includes('is ready on')) || this.child.exitCode !== null);
    const origin = this.stdout.map((line) => /is ready on (\S+)/.exec(line)?.[1]).find(Boolean);
    if (!origin) throw new Error(`not ready: ${this.stderr.join(' ')} ${JSON.stringify(this.log)}`);
    return origin;
  }

  /** Waits until this message has been logged so often. */
  async logged(message: string, times = 1): Promise<LogLine> {
    const found = () => this.log.filter(({ msg }) => msg === message);
    await until(() => found().length >= times);
    return found()[times - 1]!;
  }

  /** Pids of the child processes that live. */
  workers(): number[] {
    try {
      return readFileSync(`/proc/${this.child.pid}/task/${this.child.pid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number);
    } catch {
      return [];
    }
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Waits until it holds; fails with the condition's text after `PATIENCE`. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface FakeAnswer {
  readonly pid: number;
  readonly generation: number;
  readonly upstreams: readonly string[];
}

/** One request over a connection of its own. Rejects when it fails or is cut. */
export function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject).on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}

export async function ask(origin: string): Promise<FakeAnswer> {
  return JSON.parse(await fetchText(`${origin}/`));
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
