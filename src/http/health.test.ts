import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { test } from 'tap';
import { dataHealth, type HealthSource } from './health.js';

const CALM: HealthSource = {
  draining: false,
  inFlight: 3,
  slots: 10,
  cluster: { workers: 4, inFlight: 9 },
  storeDegraded: false,
};

function health(source: Partial<HealthSource>) {
  const seen = { status: 0, headers: {} as OutgoingHttpHeaders, body: '' };
  const response = {
    writeHead: (status: number, headers: OutgoingHttpHeaders) => Object.assign(seen, { status, headers }),
    end: (body: string) => Object.assign(seen, { body }),
  };
  dataHealth({ ...CALM, ...source }, response as unknown as ServerResponse);
  return { ...seen, json: JSON.parse(seen.body) };
}

test('a calm worker is ok and says what it has', async (t) => {
  const { status, headers, body, json } = health({});
  t.equal(status, 200);
  t.match(json, { status: 'ok', workers: 4, inFlight: 9, slots: { total: 10, free: 7 }, store: 'ok' });
  t.ok(json.memory.rss > 1e6 && json.memory.heapUsed > 1e6);
  t.match(headers, { 'cache-control': 'no-store', 'content-length': String(Buffer.byteLength(body)) });
  t.notOk('retry-after' in headers);
});

test('full or draining is 503 with a time to come again; draining closes the connection', async (t) => {
  const full = health({ inFlight: 10 });
  t.match(full, { status: 503, json: { status: 'overloaded', slots: { free: 0 } }, headers: { 'retry-after': '1' } });
  t.notOk('connection' in full.headers);
  const draining = health({ draining: true, inFlight: 12 });
  t.match(draining, { status: 503, json: { status: 'draining', slots: { free: 0 } }, headers: { connection: 'close' } });
});

test('a slow store is told but takes no worker out of service', async (t) => {
  t.match(health({ storeDegraded: true }), { status: 200, json: { status: 'ok', store: 'degraded' } });
});

test('the cluster’s old count never hides requests of this worker', async (t) => {
  t.equal(health({ cluster: { workers: 4, inFlight: 0 } }).json.inFlight, 3);
});
