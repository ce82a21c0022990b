/** Requests with bytes changed at random: never a 5xx, never silence, never a second request at the upstream. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'tap';
import { SPLICES } from '../loadtest/faults/client/splices.js';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { answersIn, chatBytes, speak } from './helpers/raw-http.js';

/** Inputs that once were, or could have been, trouble; latin1. Add what a run finds. */
const SEEDS = JSON.parse(readFileSync(new URL('fixtures/http-fuzz-seeds.json', import.meta.url), 'utf8')) as string[];
const RUNS = Number(process.env.FUZZ_RUNS ?? 250);

const BODY = '{"model":"mock-instant","messages":[{"role":"user","content":"fuzz"}]}';
const chunked = `POST /v1/messages HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
const BASES = [
  chatBytes({ body: BODY }),
  chatBytes({ body: BODY, version: '1.0' }),
  chunked,
  'GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n',
];

interface Cut {
  readonly at: number;
  readonly length: number;
  readonly put: string;
}

const cut = fc.record({
  at: fc.nat(),
  length: fc.nat(6),
  put: fc.oneof(fc.constantFrom(...SPLICES), fc.string({ maxLength: 3 })),
});
const request = fc
  .tuple(fc.constantFrom(...BASES), fc.array(cut, { minLength: 1, maxLength: 4 }))
  .map(([base, cuts]) => cuts.reduce(apply, base));

function apply(text: string, { at, length, put }: Cut): string {
  const from = at % (text.length + 1);
  return text.slice(0, from) + put + text.slice(from + length);
}

test('no bytes bring a 5xx, silence or a second request', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const workers = gateway.workers();
  const served = async () => (await mock.stats()).requests as number;
  let before = await served();
  const send = async (bytes: string): Promise<void> => {
    const { text, end } = await speak(gateway.port, Buffer.from(bytes, 'latin1'), { finish: true, patience: 20_000 });
    if (end === 'open') throw new Error('no end');
    const answers = answersIn(text);
    const failed = answers.find(({ status }) => status >= 500);
    if (failed) throw new Error(`${failed.status} ${failed.body}`);
    const after = await served();
    const requests = after - before;
    before = after;
    if (requests > answers.length || requests > 1)
      throw new Error(`${requests} requests at the upstream, ${answers.length} answers`);
  };
  for (const seed of SEEDS) await t.resolves(send(seed), JSON.stringify(seed.slice(0, 80)));
  await t.resolves(fc.assert(fc.asyncProperty(request, send), { numRuns: RUNS }));
  t.same(gateway.workers(), workers, 'nobody died');
  t.notMatch(gateway.logs, /uncaught|did not foresee|"level":[56]0/);
});
