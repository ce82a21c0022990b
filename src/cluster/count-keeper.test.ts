import { test } from 'tap';
import type { MetricsJson } from '../metrics/metrics-json.js';
import { CountKeeper } from './count-keeper.js';
import type { WorkerLink } from './worker-link.js';

/** A worker that has counted so many requests. */
function counted(worker: string, requests: number): WorkerLink {
  const metrics = {
    worker,
    series: [{ name: 'requests', help: '', type: 'counter', values: [{ labels: {}, value: requests }] }],
  };
  const usage = [{ client: 'app', alias: 'm', upstream: 'u', credential: 'k', requests, failures: 0, input: requests, usd: 0 }];
  const ask = async (inquiry: string) => (inquiry === 'metrics' ? metrics : usage);
  return { id: Number(worker), wasReady: true, connected: true, ask } as unknown as WorkerLink;
}

function total(snapshots: readonly MetricsJson[]): number {
  return snapshots
    .flatMap(({ series }) => series)
    .flatMap((series) => (series.type === 'counter' ? series.values : []))
    .reduce((sum, { value }) => sum + value, 0);
}

test('what a departed worker counted stays in the sums, once', async (t) => {
  const keeper = new CountKeeper(() => []);
  t.teardown(() => keeper.close());
  const [stays, leaves] = [counted('1', 10), counted('2', 5)];
  t.equal(total(await keeper.metrics([stays, leaves])), 15);
  await keeper.usage([stays, leaves]);
  keeper.depart(leaves);
  keeper.depart(leaves);
  t.equal(total(await keeper.metrics([stays])), 15);
  t.match(await keeper.usage([stays]), [{ requests: 15, input: 15 }]);
});

test('the farewell of a worker counts in place of what it said before', async (t) => {
  const keeper = new CountKeeper(() => []);
  t.teardown(() => keeper.close());
  const leaves = counted('2', 5);
  await keeper.metrics([leaves]);
  const last = counted('2', 8);
  keeper.note(leaves, { metrics: await last.ask('metrics'), usage: await last.ask('usage') });
  keeper.depart(leaves);
  t.equal(total(await keeper.metrics([])), 8);
  t.match(await keeper.usage([]), [{ requests: 8 }]);
});

test('a worker that does not answer is counted by what it said last', async (t) => {
  const keeper = new CountKeeper(() => []);
  t.teardown(() => keeper.close());
  const worker = counted('1', 10);
  await keeper.metrics([worker]);
  const mute = Object.assign(worker, { ask: () => Promise.reject(new Error('mute')) });
  t.equal(total(await keeper.metrics([mute])), 10);
});
