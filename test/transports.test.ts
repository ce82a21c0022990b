/** Both ways to speak to an upstream, the gateway's own client and undici, serve and fail alike. */
import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { dataOf, StreamClient } from './helpers/stream-client.js';

const WHOLE = [
  'mock-instant',
  'fault-bytewise',
  'fault-split-utf8',
  'fault-crlf',
  'fault-many-events-one-write',
  'fault-close-delimited',
  'fault-big-event-1048000',
];
const CUT = [
  'fault-cut-fin-after-5',
  'fault-cut-rst-after-5',
  'fault-cut-mid-event-5',
  'fault-stall-after-5',
  'fault-close-delimited-cut-5',
];

/** Identifiers and times of two answers differ; everything else must not. */
const plain = (body: string) => body.replace(/"id":"[^"]*"/g, '"id":""').replace(/"created":\d+/g, '"created":0');

for (const transport of ['socket', 'undici'])
  test(`${transport}: streams pass byte for byte, cuts are told, answers are whole`, async (t) => {
    const mock = await startMock(t);
    const timeouts = { headers: '1s', firstToken: '1s', idle: '1s' };
    const credentials = ['one', 'two'].map((id) => ({ id, key: `sk-upstream-${id}` }));
    const upstreams = [{ name: 'main', protocol: 'openai', baseUrl: mock.url, transport, credentials }];
    const gateway = await startGateway(
      t,
      gatewayConfig(mock.url, { upstreams, timeouts, retry: { attempts: 3, budgetPercent: 100 } }),
    );
    for (const model of WHOLE)
      for (const stream of model === 'mock-instant' ? [true, false] : [true]) {
        const own = await new StreamClient(mock.port, { model, stream }).whole();
        const relayed = await new StreamClient(gateway.port, { model, stream }).whole();
        t.equal(relayed.status, 200);
        t.equal(await relayed.ended, 'complete');
        t.ok(plain(relayed.body) === plain(own.body), `${model}: the same bytes`);
      }
    for (const model of CUT) {
      const { body } = await new StreamClient(gateway.port, { model }).whole();
      t.match(dataOf(body).at(-1), /^\{"error"/, `${model}: an error comes last`);
      t.notMatch(body, /\[DONE\]/);
    }
  });
