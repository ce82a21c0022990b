/**
 * What a decision of the shared state costs a worker: four worker processes ask for new sessions at a steady rate, over
 * IPC from the primary's ledger and by one script from Redis; then known sessions, which ask nobody.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayConfig } from '../../src/config.js';
import type { StoreToPrimary } from '../../src/messages.js';
import { EmbeddedStore } from '../../src/store/embedded.js';
import { type BenchResult, benchConfig } from './store-worker.js';

const WORKERS = 4;
const SECONDS = 5;
const RATES = [1_000, 2_000];

type FromWorker = StoreToPrimary | { readonly type: 'up' } | ({ readonly type: 'result' } & BenchResult);

/** Prints a table; each row is one run of five seconds. */
export async function run(): Promise<void> {
  console.log('| store | decisions/s asked | made | new p50 µs | new p99 µs | new max ms | known µs | credentials differ by |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const rate of RATES) print('embedded, IPC', rate, await measure(benchConfig(undefined), rate));
  const redis = await startRedis();
  try {
    for (const rate of RATES) print('Redis, unix socket', rate, await measure(benchConfig(redis.url, `bench-${rate}`), rate));
  } finally {
    await redis.stop();
  }
}

function print(name: string, rate: number, results: readonly BenchResult[]): void {
  const delays = results.flatMap((result) => result.delays).sort((a, b) => a - b);
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN;
  const counts = new Map<string, number>();
  for (const [credential, picks] of results.flatMap((result) => result.picks))
    counts.set(credential, (counts.get(credential) ?? 0) + picks);
  const spread = Math.max(...counts.values()) - Math.min(...counts.values());
  const known = results.reduce((sum, result) => sum + result.known, 0) / results.length;
  const figures = [delays.length / SECONDS, at(0.5) * 1_000, at(0.99) * 1_000].map((value) => value.toFixed(0));
  console.log(`| ${name} | ${rate} | ${figures.join(' | ')} | ${at(1).toFixed(1)} | ${(known * 1_000).toFixed(2)} | ${spread} |`);
}

/** The workers are this same program under another bench's name. */
async function measure(config: GatewayConfig, rate: number): Promise<BenchResult[]> {
  const children = Array.from({ length: WORKERS }, () => fork(process.argv[1] as string, ['store-worker']));
  const primary = new EmbeddedStore(config, (message) => {
    for (const child of children) child.send(message);
  });
  try {
    await Promise.all(children.map((child) => heard(child, primary, 'up')));
    for (const child of children) child.send({ type: 'go', config, rate: rate / WORKERS, seconds: SECONDS });
    return (await Promise.all(children.map((child) => heard(child, primary, 'result')))) as (FromWorker & BenchResult)[];
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

function heard(child: ChildProcess, primary: EmbeddedStore, type: 'up' | 'result'): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('a worker left')));
    child.removeAllListeners('message');
    child.on('message', (message: FromWorker) => {
      if (message.type === type) resolve(message);
      else if (message.type !== 'up' && message.type !== 'result') primary.answer(message, (answer) => child.send(answer));
    });
  });
}

async function startRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
  const path = join(folder, 'redis.sock');
  const child = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder], { stdio: 'ignore' });
  await sleep(500);
  const stop = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `redis+unix://${path}`, stop };
}
