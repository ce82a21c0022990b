/** O: what an overloaded gateway costs and shows: memory of streams, the operator's pages, the spread over workers. */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../client/ask.js';
import { Load } from '../client/load.js';
import { atMost, equal, ok, quantile, round } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import { openStreams, paceUpstream, tally } from '../process/streams.js';
import { type FaultRow, pass } from '../row.js';

const NEEDS = ['own-gateway', 'linux'] as const;
const COMMON = { length: 'quick', needs: NEEDS, alone: true, boundSeconds: 120 } as const;

/** Proportional share of memory, kilobytes. */
export function shareOfMemory(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export const OVERLOAD_SHAPE_ROWS: readonly FaultRow[] = [
  {
    id: 'O8',
    title: '400 streams with prompts of 200 KB',
    promise:
      'What is kept for another attempt is bounded: less than 700 KB a stream while it has not begun, less than 100 KB once it has.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o8', { forms: ['chat'], credentials: 2 });
      const gateway = await bench.startGateway({
        models,
        config: { timeouts: { headers: '20s', firstToken: '20s', idle: '20s', total: '60s' } },
      });
      const streams = 400;
      const memory = (): number => gateway.workers().reduce((sum, pid) => sum + shareOfMemory(pid), 0);
      await Promise.all(Array.from({ length: 40 }, () => ask(gateway.origin, { model: 'o8-chat', stream: true })));
      const before = memory();
      paceUpstream(bench, 'o8-chat-a', 12, 700);
      const prompt = 'long prompt '.repeat(17_000);
      const asked = Array.from({ length: streams }, (_, index) => {
        return ask(gateway.origin, { model: 'o8-chat', stream: true, text: null, prompt: `${index} ${prompt}` });
      });
      await sleep(5_000);
      const during = memory();
      equal(tally(await Promise.all(asked)), { complete: streams }, 'ends of the streams');
      const each = (during - before) / streams;
      atMost(each, 700, 'KB a stream');
      return pass('bounded', { streams, 'KB a stream': round(each), 'prompt KB': round(prompt.length / 1024) });
    },
  },
  {
    id: 'O9',
    title: 'health, readiness and metrics while the gateway is full',
    promise: 'They are answered, and soon.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o9', { forms: ['chat'], credentials: 2 });
      bench.wall.on('o9-chat-a', async (call) => {
        await sleep(400);
        await call.healthy();
      });
      const gateway = await bench.startGateway({
        models,
        config: { server: { maxInFlight: 16, queue: { length: 8, age: '300ms' } } },
      });
      const load = new Load(gateway.origin, { rate: 250, wishes: [{ model: 'o9-chat' }] });
      await sleep(1_000);
      const times: number[] = [];
      for (let round = 0; round < 20; round++)
        for (const url of [`${gateway.origin}/health`, `${gateway.admin}/ready`, `${gateway.admin}/metrics`]) {
          const began = performance.now();
          const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
          await answer.text();
          ok(answer.status === 200 || answer.status === 503, `${url} answers ${answer.status}`);
          times.push(performance.now() - began);
        }
      await load.stop();
      atMost(quantile(times, 0.5), 200, 'ms until an answer (median)');
      return pass('answered', {
        asked: times.length,
        'p50 ms': round(quantile(times, 0.5)),
        'p99 ms': round(quantile(times, 0.99)),
      });
    },
  },
  {
    id: 'O10',
    title: 'connections over four workers',
    promise: 'The busiest worker has at most 1.3 times the mean, for connections that stay and for streams.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o10', { forms: ['chat'], credentials: 2 });
      const workers = 4;
      const gateway = await bench.startGateway({ models, workers });
      paceUpstream(bench, 'o10-chat-a', 40, 150);
      const { ended } = await openStreams(gateway.origin, 'o10-chat', 120);
      const agent = new Agent({ keepAlive: true, maxSockets: 80 });
      bench.onEnd(() => agent.destroy());
      await sleep(2_000);
      const { workers: rows } = await gateway.api<{ workers: { connections: number }[] }>('/api/workers');
      const counts = rows.map(({ connections }) => connections);
      await ended;
      const mean = counts.reduce((sum, count) => sum + count, 0) / workers;
      equal(counts.length, workers, 'workers that say what they have');
      ok(mean >= 25, `connections are counted (${counts})`);
      const ratio = Math.max(...counts) / mean;
      atMost(ratio, 1.3, `the busiest over the mean (${counts})`);
      return pass('spread', { connections: counts.join('/'), 'busiest/mean': round(ratio) });
    },
  },
];
