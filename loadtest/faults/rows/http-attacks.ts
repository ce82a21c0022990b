/** H: bytes that two readers of HTTP could understand differently. Judged by what the wall was sent. */
import { seededRandom } from '../../engine/random.js';
import type { Bench } from '../bench.js';
import { CANARIES } from '../canary.js';
import { ask } from '../client/ask.js';
import { type Heard, speak } from '../client/speak.js';
import { SPLICES } from '../client/splices.js';
import { equal, ok, Unmet } from '../expect.js';
import { type FaultRow, type Finding, pass } from '../row.js';
import { due } from './ways.js';

const MODELS = ['h-chat', 'h-smuggled'].map((model) => ({ model, places: [{ upstream: `${model}-a`, form: 'chat' as const }] }));
const AUTH = `Authorization: Bearer ${CANARIES.clientKey}`;
const BODY = JSON.stringify({ model: 'h-chat', messages: [{ role: 'user', content: 'attack' }] });
const SMUGGLED_BODY = JSON.stringify({ model: 'h-smuggled', messages: [] });
/** A whole request that must never be served. */
const SMUGGLED = `POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\n${AUTH}\r\nContent-Length: ${SMUGGLED_BODY.length}\r\n\r\n${SMUGGLED_BODY}`;

/** A row's own model, as long as the one that the bytes below name. */
function modelOf(id: string): string {
  return `h-${id.toLowerCase().padEnd(4, '_')}`;
}

/** Name → bytes. */
type Inputs = Readonly<Record<string, string>>;

function post(lines: readonly string[], body: string, version = '1.1'): string {
  return `POST /v1/chat/completions HTTP/${version}\r\n${['Host: g', AUTH, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

const whole = (...lines: string[]): string => post([...lines, `Content-Length: ${BODY.length}`, 'Connection: close'], BODY);
const chunks = (body: string, ...lines: string[]): string => post([...lines, 'Transfer-Encoding: chunked'], body);
const ONE_CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

/** Sends each; each must be refused with one of `statuses` (0: closed without a word) and closed, and nothing may reach an upstream. */
async function allRefused(bench: Bench, model: string, inputs: Inputs, statuses: readonly number[]): Promise<Finding> {
  const { port, origin } = await bench.shared();
  const seen: Record<string, number> = {};
  for (const [name, bytes] of Object.entries(inputs)) {
    const heard = await speak(port, bytes.replaceAll('h-chat', model), { patience: 3_000 });
    if (!statuses.includes(heard.status))
      throw new Unmet(`${name}: ${heard.status} (${heard.end}), not ${statuses.join(' or ')}`);
    if (heard.end === 'open') throw new Unmet(`${name}: the connection stays open`);
    proper(name, heard);
    seen[`status ${heard.status}`] = (seen[`status ${heard.status}`] ?? 0) + 1;
  }
  equal(bench.wall.callsOf(`${model}-a`).length, 0, 'requests that reached an upstream');
  equal(bench.wall.callsOf('h-smuggled-a').length, 0, 'smuggled requests that were served');
  due(await ask(origin, { model }), 'complete', 'afterwards');
  return pass('each refused and closed, none served', { inputs: Object.keys(inputs).length, ...seen, served: 0 });
}

/** One answer, and nothing in it that only our insides know. */
function proper(name: string, { text }: Heard): void {
  ok(!/<html|<!doctype|\n\s+at .*:\d+:\d+/i.test(text), `${name}: a page or a stack: ${text.slice(-200)}`);
  ok((text.match(/HTTP\/1\.[01] [2-5]\d\d/g)?.length ?? 0) <= 1, `${name}: more than one answer`);
}

const LENGTHS: Inputs = {
  'length and chunks': chunks(`0\r\n\r\n${SMUGGLED}`, 'Content-Length: 5'),
  'chunks and length': post(['Transfer-Encoding: chunked', `Content-Length: ${BODY.length}`], ONE_CHUNK + SMUGGLED),
  'two lengths': post(['Content-Length: 0', `Content-Length: ${BODY.length}`], BODY + SMUGGLED),
  'two equal lengths': post([`Content-Length: ${BODY.length}`, `Content-Length: ${BODY.length}`], BODY),
  'a list of lengths': post([`Content-Length: ${BODY.length}, ${BODY.length}`], BODY),
  'a plus sign': post([`Content-Length: +${BODY.length}`], BODY),
  'a minus sign': post(['Content-Length: -1'], BODY),
  'an empty length': post(['Content-Length: '], BODY + SMUGGLED),
  'a hexadecimal length': post(['Content-Length: 0x10'], BODY),
  'a length past 2^64': post(['Content-Length: 99999999999999999999'], BODY),
  'a length with a space': post(['Content-Length: 1 0'], BODY),
  'a length with a comma': post([`Content-Length: ${BODY.length},`], BODY),
};

const ENCODINGS: Inputs = {
  xchunked: post(['Transfer-Encoding: xchunked'], ONE_CHUNK),
  'a comma before': post(['Transfer-Encoding: ,chunked'], ONE_CHUNK),
  'chunked twice': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], ONE_CHUNK),
  'chunked, chunked': post(['Transfer-Encoding: chunked, chunked'], ONE_CHUNK),
  'a space before the colon': post(['Transfer-Encoding : chunked'], ONE_CHUNK),
  'in HTTP/1.0': post(['Transfer-Encoding: chunked'], ONE_CHUNK, '1.0'),
  identity: post(['Transfer-Encoding: identity', `Content-Length: ${BODY.length}`], BODY),
  'gzip, chunked': post(['Transfer-Encoding: gzip, chunked'], ONE_CHUNK),
  'chunked, identity': post(['Transfer-Encoding: chunked, identity'], ONE_CHUNK),
  'a vertical tab': post(['Transfer-Encoding: \x0bchunked'], ONE_CHUNK),
  quoted: post(['Transfer-Encoding: "chunked"'], ONE_CHUNK),
  'with a parameter': post(['Transfer-Encoding: chunked;a=b'], ONE_CHUNK),
  'a line folded into it': post(['Transfer-Encoding:\r\n chunked'], ONE_CHUNK),
};

const CHUNKS: Inputs = {
  'size 0x5': chunks(`0x5\r\nhello\r\n0\r\n\r\n`),
  'size -1': chunks(`-1\r\nhello\r\n0\r\n\r\n`),
  'size +5': chunks(`+5\r\nhello\r\n0\r\n\r\n`),
  'a size past 2^64': chunks(`fffffffffffffffff\r\nhello\r\n0\r\n\r\n`),
  'a size that wraps': chunks(`10000000000000005\r\nhello\r\n0\r\n\r\n`),
  'no size': chunks(`\r\nhello\r\n0\r\n\r\n`),
  'LF alone behind the size': chunks(`5\nhello\r\n0\r\n\r\n`),
  'data without CRLF': chunks(`5\r\nhello0\r\n\r\n`),
  'too much data': chunks(`5\r\nhello world\r\n0\r\n\r\n`),
  'an extension of 64 KB': chunks(`5;${'e'.repeat(65_536)}\r\nhello\r\n0\r\n\r\n`),
  'a CR in an extension': chunks(`5;a\rb\r\nhello\r\n0\r\n\r\n`),
  'a space before the size': chunks(` 5\r\nhello\r\n0\r\n\r\n`),
};

const FIELDS: Inputs = {
  'LF alone as a line end': whole('X-A: b\nX-B: c'),
  'CR in a value': whole('X-A: b\rX-B: c'),
  'NUL in a value': whole('X-A: b\0c'),
  'a folded line': whole('X-A: b\r\n c'),
  'a space in a name': whole('X A: b'),
  'a bracket in a name': whole('X(A: b'),
  'an empty name': whole(': b'),
  'no colon': whole('X-A'),
  'a control character in a name': whole('X\x01A: b'),
  'a high byte in a name': whole('X\xe9A: b'),
  'a space before the first header': `POST /v1/chat/completions HTTP/1.1\r\n Host: g\r\n${AUTH}\r\nContent-Length: 0\r\n\r\n`,
  'LF alone everywhere': whole().replaceAll('\r\n', '\n'),
};

function hosts(...lines: string[]): string {
  return `POST /v1/chat/completions HTTP/1.1\r\n${[...lines, AUTH, `Content-Length: ${BODY.length}`].join('\r\n')}\r\n\r\n${BODY}`;
}

const HOSTS: Inputs = {
  'two hosts': hosts('Host: g', 'Host: evil.example'),
  'two equal hosts': hosts('Host: g', 'Host: g'),
  'an empty host': hosts('Host: '),
  'no host': hosts('X-A: b'),
  'a host with a path': hosts('Host: g/evil'),
  'a host with an at': hosts('Host: g@evil.example'),
  'a host with a space': hosts('Host: g evil'),
  'an absolute target': whole().replace('POST /v1', 'POST http://evil.example/v1'),
  'an authority as target': whole().replace('POST /v1/chat/completions', 'POST evil.example:80'),
  'a target without a slash': whole().replace('POST /v1', 'POST v1'),
};

function refusing(id: string, title: string, promise: string, inputs: Inputs, statuses: readonly number[]): FaultRow {
  const model = modelOf(id);
  const models = [...MODELS, { model, places: [{ upstream: `${model}-a`, form: 'chat' as const }] }];
  return {
    id,
    title,
    promise,
    length: 'quick',
    needs: ['shared-gateway'],
    models,
    run: (bench) => allRefused(bench, model, inputs, statuses),
  };
}

const otherHost = async (bench: Bench): Promise<Finding> => {
  const model = modelOf('H5');
  const found = await allRefused(bench, model, HOSTS, [400]);
  const { port } = await bench.shared();
  const foreign = whole().replace('Host: g', 'Host: evil.example').replaceAll('h-chat', model);
  const heard = await speak(port, foreign, { patience: 5_000 });
  equal(heard.status, 200, 'a foreign but proper host, which says nothing');
  equal(bench.wall.callsOf(`${model}-a`).at(-1)?.request.headers.host, `127.0.0.1:${bench.wall.port}`, 'Host upstream');
  return found;
};

const LARGE: Inputs = {
  'a header of 20 KB': whole(`X-A: ${'b'.repeat(20_000)}`),
  '3000 headers': whole(...Array.from({ length: 3000 }, (_, index) => `X-${index}: b`)),
  'a URL of 1 MB': whole().replace('/v1/chat/completions', `/v1/chat/completions?${'q'.repeat(1_000_000)}`),
  'a key of 20 KB': whole().replace(CANARIES.clientKey, 'k'.repeat(20_000)),
};

/** TLS 1.2 ClientHello, its beginning. */
const TLS_HELLO = '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'.padEnd(170, '\x07');

const OTHERS: Inputs = {
  'a TLS hello': TLS_HELLO,
  'the HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  'a WebSocket upgrade': `GET /v1/chat/completions HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${AUTH}\r\n\r\n`,
  'an upgrade to HTTP/2': `GET /v1/models HTTP/1.1\r\nHost: g\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
  CONNECT: 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n',
  TRACE: `TRACE / HTTP/1.1\r\nHost: g\r\nConnection: close\r\n${AUTH}\r\n\r\n`,
  'no protocol at all': 'hello there\r\n\r\n',
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/3.0 in the first line': 'GET / HTTP/3.0\r\nHost: g\r\n\r\n',
};

const otherProtocols: FaultRow = {
  id: 'H10',
  title: 'TLS, HTTP/2, WebSocket, CONNECT, TRACE and noise on the port',
  promise: 'Refused with a status or closed; no worker dies and nothing is tunnelled.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: MODELS });
    const pids = gateway.workers();
    const seen: Record<string, number> = {};
    for (const [name, bytes] of Object.entries(OTHERS)) {
      // A client that upgrades keeps its connection; it is told and may go on in HTTP/1.1.
      const heard = await speak(gateway.port, bytes, { patience: 2_000, until: (text) => /^HTTP\/1\.[01] [245]\d\d/.test(text) });
      // To ignore an upgrade is allowed too (RFC 9110 §7.8).
      const allowed = [0, 400, 401, 403, 404, 405, 426, 501, 505, ...(name === 'an upgrade to HTTP/2' ? [200] : [])];
      ok(allowed.includes(heard.status), `${name}: ${heard.status}`);
      ok(heard.status > 0 || heard.end !== 'open', `${name}: neither answer nor close`);
      proper(name, heard);
      seen[`status ${heard.status}`] = (seen[`status ${heard.status}`] ?? 0) + 1;
    }
    equal(gateway.workers(), pids, 'workers');
    due(await ask(gateway.origin, { model: 'h-chat' }), 'complete', 'afterwards');
    return pass('refused, nobody died', { inputs: Object.keys(OTHERS).length, ...seen, restarts: 0 });
  },
};

const MUTATED = 3_000;
const AT_ONCE = 30;

const mutated: FaultRow = {
  id: 'H11',
  title: `${MUTATED} mutations of all these inputs (more with --scale)`,
  promise: 'No 5xx, no connection that stays open, no second request upstream, no dead worker. The seed of a failure is printed.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  boundSeconds: 90,
  async run(bench) {
    const gateway = await bench.startGateway({ models: MODELS });
    const pids = gateway.workers();
    // What carries a second request on purpose is left out: without the rest of its first, it may rightly be read as one.
    const seeds = Object.values({
      ...ENCODINGS,
      ...CHUNKS,
      ...FIELDS,
      ...HOSTS,
      ...OTHERS,
      plain: whole(),
      chunked: chunks(ONE_CHUNK),
    });
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const count = MUTATED * Math.max(1, Math.round(bench.site.scale));
    const inputs = Array.from({ length: count }, () => mutate(seeds[Math.floor(random() * seeds.length)] as string, random));
    const statuses: Record<string, number> = {};
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < inputs.length; index = next++) {
        const heard = await speak(gateway.port, inputs[index] as string, { patience: 6_000, finish: true });
        if (heard.status >= 500 && heard.status !== 505) throw new Unmet(`seed ${seed}, input ${index}: ${heard.status}`);
        if (heard.end === 'open')
          throw new Unmet(`seed ${seed}, input ${index}: stays open: ${JSON.stringify(inputs[index]?.slice(0, 200))}`);
        const kind = `status ${heard.status}`;
        statuses[kind] = (statuses[kind] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    equal(gateway.workers(), pids, 'workers');
    equal(bench.wall.callsOf('h-smuggled-a').length, 0, 'smuggled requests');
    return pass('none broke it', { seed, inputs: count, ...statuses, restarts: 0 });
  },
};

/** One to four changes: a byte flipped, cut out, doubled, something put in, two pieces exchanged. */
function mutate(text: string, random: () => number): string {
  let bytes = text.slice(0, 4_000);
  for (let change = 0; change <= random() * 4; change++) {
    const at = Math.floor(random() * bytes.length);
    const to = Math.min(bytes.length, at + 1 + Math.floor(random() * 12));
    const [before, piece, after] = [bytes.slice(0, at), bytes.slice(at, to), bytes.slice(to)];
    const kind = Math.floor(random() * 5);
    if (kind === 0) bytes = before + String.fromCharCode(Math.floor(random() * 256)) + after;
    else if (kind === 1) bytes = before + after;
    else if (kind === 2) bytes = before + piece + piece + after;
    else if (kind === 3) bytes = before + SPLICES[Math.floor(random() * SPLICES.length)] + piece + after;
    else bytes = before + [...piece].reverse().join('') + after;
  }
  return bytes;
}

const REFUSED = 'Refused with 400 and the connection closed; nothing of it reaches an upstream.';

export const HTTP_ATTACK_ROWS: readonly FaultRow[] = [
  refusing('H1', 'length and chunks at once, two lengths, odd numbers', REFUSED, LENGTHS, [400]),
  refusing(
    'H2',
    'odd spellings of Transfer-Encoding',
    'Anything but one plain “chunked” in HTTP/1.1 is refused with 400, and closed.',
    ENCODINGS,
    [400, 501],
  ),
  refusing(
    'H3',
    'chunks with wrong sizes, ends and extensions',
    'Refused with 400 or 413 and closed; nothing reaches an upstream.',
    CHUNKS,
    [400, 413],
  ),
  refusing('H4', 'line ends, control characters and folding in headers', REFUSED, FIELDS, [400]),
  {
    ...refusing(
      'H5',
      'hosts: two, none, with a path; absolute targets',
      'Refused with 400; a foreign host changes neither routing nor access.',
      HOSTS,
      [400],
    ),
    run: otherHost,
  },
  refusing(
    'H6',
    'headers and addresses that are too large',
    'Refused with 431 or 414 (a long key: 401), never with a page or a stack.',
    LARGE,
    [400, 401, 414, 431],
  ),
  otherProtocols,
  mutated,
];
