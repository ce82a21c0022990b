/** A redis-server of the test's own: port 0 in spirit (a free port is taken first), no file, ended by its pid. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class TestRedis {
  readonly port: number;
  readonly #args: readonly string[];
  #child: ChildProcess;

  constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
    this.#child = this.#spawn();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** What redis-cli prints. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', String(this.port), ...words], { timeout: 5_000 });
    return stdout.trim();
  }

  /** Until it answers, at most five seconds. */
  async answering(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await this.command('PING').catch(() => '');
      if (answer === 'PONG') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('redis-server does not answer');
  }

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

  /** Again on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = this.#spawn();
    await this.answering();
  }

  #spawn(): ChildProcess {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
    return spawn('redis-server', [...fixed, ...this.#args], { stdio: 'ignore' });
  }
}

export async function startRedis(...args: string[]): Promise<TestRedis> {
  const redis = new TestRedis(await freePort(), args);
  await redis.answering();
  return redis;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
