import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 8_000;
const ADDRESS = /https?:\/\/[^\s,)]+:\d+/;
/** The end of what a process said, kept to explain why it did not start. */
const KEPT_OUTPUT = 4_000;

/** A program under test that runs in a process group of its own, so that Ctrl-C at the terminal does not reach it. */
export interface Program {
  readonly pid: number;
  /** `http://host:port` of the data port, and of the admin port if the program named one. */
  readonly origin: string;
  readonly adminOrigin?: string;
}

/** What the gateway is started with. */
export interface GatewayWish {
  mockOrigin: string;
  workers: number;
  credentials: number;
}

/** Starts programs and remembers each until it is stopped: `stopAll` ends all of them by pid, whatever happened before. */
export class Processes {
  readonly #children: ChildProcess[] = [];
  readonly #folders: string[] = [];
  /** Folder of the built programs. */
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
    // A last resort when the command itself is failing: nothing may be left behind.
    process.once('exit', () => {
      for (const child of this.#children) child.kill('SIGKILL');
    });
  }

  startMock(settings: { maxConcurrent: number; timeScale: number; seed: number }): Promise<Program> {
    const flags = { '--max-concurrent': settings.maxConcurrent, '--time-scale': settings.timeScale, '--seed': settings.seed };
    const args = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
    return this.#start('mock LLM', [join(this.#home, 'mock.js'), '--port', '0', ...args]);
  }

  async startGateway(wish: GatewayWish): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-load-'));
    this.#folders.push(folder);
    const file = join(folder, 'gateway.yaml');
    await writeFile(file, gatewayConfig(wish));
    return this.#start('gateway', [join(this.#home, 'primary.js'), '--config', file, '--workers', String(wish.workers)]);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#children.splice(0).map(stop));
    await Promise.all(this.#folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  }

  async #start(name: string, args: string[]): Promise<Program> {
    // Flags name all that matters: what the caller's shell happens to hold must not change a measurement.
    const { PORT: _port, HOST: _host, WORKERS: _workers, REDIS_URL: _redis, GATEWAY_CONFIG: _config, ...env } = process.env;
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    this.#children.push(child);
    const line = await readyLine(name, child);
    const [origin, adminOrigin] = line.match(new RegExp(ADDRESS, 'g')) ?? [];
    if (!origin || !child.pid) throw new Error(`the ${name} named no address: ${line}`);
    return { pid: child.pid, origin, adminOrigin };
  }
}

/** One upstream, the mock, with generated credentials; every model goes there. JSON is YAML. */
export function gatewayConfig({ mockOrigin, credentials }: GatewayWish): string {
  return JSON.stringify({
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    upstreams: [
      { name: 'mock', protocol: 'openai', baseUrl: mockOrigin, credentials: [{ generate: credentials, prefix: 'sk-load-' }] },
    ],
    models: [{ name: '*', targets: [{ upstream: 'mock' }] }],
  });
}

/** What has its line end: an address cut in two would be another one. */
function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** The first line on stdout with an address (logs on stderr name addresses too); later output is read and let go, as a full pipe would stop the program. */
function readyLine(name: string, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string): void => reject(new Error(`the ${name} ${why}${output ? `; it said:\n${output.trimEnd()}` : ''}`));
    const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
    let stdout = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    const hear = (chunk: Buffer): void => {
      keep(chunk);
      stdout = (stdout + chunk.toString()).slice(-KEPT_OUTPUT);
      const line = wholeLines(stdout).find((one) => ADDRESS.test(one));
      if (line === undefined) return;
      clearTimeout(timer);
      resolve(line);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', keep);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended before it was ready (${signal ?? `code ${code}`})`);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}
