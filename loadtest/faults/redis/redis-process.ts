/** A Redis server of a fault row's own: on a port of its own, without a file, ended by its pid. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Generous: the machine may be busy. Milliseconds. */
const PATIENCE = 15_000;

/** What every server of ours begins with: loopback, nothing on disk. */
const COMMON = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--protected-mode', 'no'];

export class RedisProcess {
  readonly port: number;
  readonly #args: readonly string[];
  #child: ChildProcess;

  /** `args` come after the common ones; a configuration file may be the first. */
  constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
    this.#child = this.#spawn();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What redis-cli prints. Rejects when the server does not answer within five seconds. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-h', '127.0.0.1', '-p', String(this.port), ...words], { timeout: 5_000 });
    return stdout.trim();
  }

  /** Until it answers. */
  async answering(): Promise<this> {
    const end = performance.now() + PATIENCE;
    while ((await this.command('PING').catch(() => '')) !== 'PONG') {
      if (performance.now() > end) throw new Error(`redis-server on ${this.port} does not answer`);
      await sleep(50);
    }
    return this;
  }

  /** The connections stay open and nothing is answered. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Again on the same port; empty, but for what its files hold. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = this.#spawn();
    await this.answering();
  }

  #spawn(): ChildProcess {
    const child = spawn('redis-server', [...this.#args], { stdio: 'ignore' });
    // Without a listener a missing program ends the run; `answering` says so instead.
    child.on('error', () => {});
    return child;
  }
}

/** One server that answers. `extra` as on its command line. */
export async function startRedis(...extra: string[]): Promise<RedisProcess> {
  return serverOn(await freePort(), extra).answering();
}

/** A server that may not answer yet. */
export function serverOn(port: number, extra: readonly string[] = []): RedisProcess {
  return new RedisProcess(port, ['--port', String(port), ...COMMON, '--dir', '/tmp', ...extra]);
}

/** A port that nobody listens on at this moment, low enough that a cluster's second port (10,000 above) is one too. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree(port)) && (await isFree(port + 10_000)) && !(await isOpen(port))) return port;
  }
  throw new Error('no free port');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const outcome = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return outcome;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
