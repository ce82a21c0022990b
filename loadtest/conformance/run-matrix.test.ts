/** The engine, against targets that lie: a matrix that cannot fail proves nothing. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Test, test } from 'tap';
import { startMock } from '../mock/testing.js';
import { FAMILIES } from './families.js';
import { FEATURES } from './features/index.js';
import { CLIENTS } from './kinds.js';
import { placesOf, runMatrix } from './run-matrix.js';
import { directTarget } from './site.js';
import { PROTOCOLS } from './words.js';

/** Passes everything to the mock and changes the answer's text on its way back. */
async function startLiar(t: Test, port: number, lie: (text: string) => string): Promise<string> {
  const server: Server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method, url, headers } = request;
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
      ...{ method, headers: { ...(headers as Record<string, string>), connection: 'close' } },
      ...(pieces.length > 0 ? { body: Buffer.concat(pieces) } : {}),
    });
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type }).end(lie(await answer.text()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failuresOf(t: Test, lie: (text: string) => string, only: readonly string[]): Promise<string[]> {
  const { port } = await startMock(t, '--body-limit=1mb');
  const features = FEATURES.filter(({ id }) => only.includes(id));
  const places = placesOf({ features, families: FAMILIES.slice(0, 1), clients: CLIENTS, upstreams: PROTOCOLS, sameOnly: true });
  const results = await runMatrix(places, directTarget(await startLiar(t, port, lie), 'sk-1'));
  return results.filter(({ outcome }) => outcome === 'fail').map(({ feature, client, note }) => `${feature} ${client}: ${note}`);
}

const CHECKED = ['text', 'stream', 'tools-parallel', 'usage', 'thinking-loop', 'length', 'error-400'];

test('a target that changes nothing fails nowhere', async (t) => {
  t.same(await failuresOf(t, (text) => text, CHECKED), []);
});

const LIES: Record<string, [lie: (text: string) => string, feature: string, clients: number]> = {
  'a word left out': [(text) => text.replaceAll('scripted ', ''), 'text', 6],
  'a piece of a stream left out': [(text) => text.replace(/(event: .*\n)?data: .*"All ".*\n\n/, ''), 'stream', 6],
  'another argument': [(text) => text.replaceAll('Par', 'Bar'), 'tools-parallel', 6],
  'tokens counted twice': [(text) => text.replaceAll('600', '1200'), 'usage', 6],
  'the limit taken for an end': [
    (text) => text.replaceAll(/"(length|max_tokens)"/g, '"stop"').replaceAll('incomplete"', 'completed"'),
    'length',
    3,
  ],
  'an error of no words': [(text) => text.replaceAll('Status 400 as asked', 'Something'), 'error-400', 6],
  // Where a signature cannot be given back unchanged: not in chat, which has none.
  'a forged signature': [(text) => text.replaceAll(/("(?:signature|encrypted_content)":")[A-Z]/gi, '$1_'), 'thinking-loop', 4],
};

for (const [what, [lie, feature, clients]] of Object.entries(LIES)) {
  test(`${what} is seen by each client that can`, async (t) => {
    const failures = (await failuresOf(t, lie, [feature])).filter((failure) => failure.startsWith(feature));
    t.ok(failures.length >= clients, failures.join('\n') || 'no cell failed');
  });
}
