/** U: answers that are none: pages, bombs, heads that cannot be read, redirects, refusals that come too early. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Answer, ask } from '../client/ask.js';
import { atMost, equal, ok, round } from '../expect.js';
import { FORMS, modelsFor } from '../gateway-config.js';
import { GatewayProcess } from '../gateway-process.js';
import { memoryOf } from '../memory.js';
import { type FaultRow, pass } from '../row.js';
import { Script, wholeBody } from '../wall/answers.js';
import { dueError } from './ways.js';

const MB = 1024 * 1024;

const wrongKind: FaultRow = {
  id: 'U18',
  title: 'HTML with status 200; JSON where a stream was asked for; a stream where JSON was',
  promise: 'A 502 in the client’s shape, or the right answer; HTML is never passed on as an answer.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [
    ...modelsFor('u18-html', { credentials: 6 }),
    ...modelsFor('u18-json', { credentials: 3 }),
    ...modelsFor('u18-sse', { credentials: 3 }),
  ],
  async run(bench) {
    const { origin } = await bench.shared();
    for (const form of FORMS) {
      bench.wall.on(`u18-html-${form}-a`, (call) => {
        const page = '<html><body>Just a moment…</body></html>';
        call.head(200, ['content-type: text/html', `content-length: ${Buffer.byteLength(page)}`]);
        call.socket.write(page);
      });
      bench.wall.on(`u18-json-${form}-a`, (call) => call.answer(200, wholeBody(form)));
      bench.wall.on(`u18-sse-${form}-a`, (call) => {
        call.openStream();
        call.chunk(new Script(form).whole());
        call.endStream();
      });
      for (const stream of [true, false]) {
        const answer = await ask(origin, { form, stream, model: `u18-html-${form}` });
        dueError(answer, [502, 503, 529], `HTML, ${form}`);
        ok(!answer.body.includes('<html'), 'HTML arrived');
      }
      for (const [kind, stream] of [
        ['json', true],
        ['sse', false],
      ] as const) {
        const answer = await ask(origin, { form, stream, model: `u18-${kind}-${form}` });
        ok(
          answer.outcome === 'complete' || (answer.status === 502 && answer.error !== undefined),
          `${kind}, ${form}: ${answer.outcome} ${answer.status}`,
        );
      }
    }
    return pass('502, in the client’s shape');
  },
};

const compressed: FaultRow = {
  id: 'U19',
  title: 'compressed answers, a bomb among them',
  promise: 'Plain bytes are asked for; a compressed answer is a 502 and is never unpacked.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('u19', { credentials: 6 }),
  async run(bench) {
    const gateway = await bench.shared();
    const bomb = await promisify(gzip)(Buffer.alloc(200 * MB));
    for (const form of FORMS)
      bench.wall.on(`u19-${form}-a`, (call) => {
        const type = call.streamed ? 'text/event-stream' : 'application/json';
        call.head(200, [`content-type: ${type}`, 'content-encoding: gzip', `content-length: ${bomb.length}`]);
        call.socket.write(bomb);
      });
    const memory = memoryOf(gateway instanceof GatewayProcess ? gateway.workers() : []);
    for (const form of FORMS)
      for (const stream of [true, false])
        dueError(await ask(gateway.origin, { form, stream, model: `u19-${form}` }), [502, 503, 529], form);
    const growth = memory.stop();
    for (const { request } of bench.wall.callsOf('u19-*'))
      equal(request.headers['accept-encoding'], 'identity', 'accept-encoding asked for');
    atMost(growth / MB, 150, 'growth of memory, MB');
    return pass('502, never unpacked', { 'bomb KB': bomb.length / 1024, 'unpacked MB': 200, 'growth MB': growth / MB });
  },
};

const HEADS: Readonly<Record<string, string>> = {
  '100 KB of headers': `HTTP/1.1 200 OK\r\n${`x-filler: ${'y'.repeat(1000)}\r\n`.repeat(100)}content-length: 2\r\n\r\n{}`,
  'a NUL in a header': 'HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 2\r\n\r\n{}',
  'a bare CR in a header': 'HTTP/1.1 200 OK\r\nx-a: b\rc: d\r\ncontent-length: 2\r\n\r\n{}',
  'two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 20\r\n\r\n{}',
  'a negative length': 'HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}',
  'no status': 'HTTP/1.1\r\n\r\n',
  'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  '100 000 interim answers': 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(100_000),
};

const badHeads: FaultRow = {
  id: 'U20',
  title: 'heads that are too large, malformed, contradictory or endless',
  promise: 'A 502 each; no worker dies, memory stays bounded.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  async run(bench) {
    const models = Object.keys(HEADS).flatMap((_, index) => modelsFor(`u20-${index}`, { forms: ['chat'] }));
    const gateway = await bench.startGateway({ models, workers: 1 });
    const pids = gateway.workers();
    const memory = memoryOf(pids);
    let slowest = 0;
    for (const [index, [name, head]] of Object.entries(HEADS).entries()) {
      bench.wall.on(`u20-${index}-chat-a`, (call) => void call.raw(head));
      const answer: Answer = await ask(gateway.origin, { model: `u20-${index}-chat`, stream: index % 2 === 0 });
      dueError(answer, [502, 504], name);
      slowest = Math.max(slowest, answer.totalMs);
    }
    const growth = memory.stop();
    equal(gateway.workers(), pids, 'workers');
    atMost(growth / MB, 100, 'growth of memory, MB');
    return pass('502 each', {
      heads: Object.keys(HEADS).length,
      'slowest ms': round(slowest),
      'growth MB': growth / MB,
      restarts: 0,
    });
  },
};

const redirects: FaultRow = {
  id: 'U21',
  title: 'a redirect to another host, and to the cloud’s metadata address',
  promise: 'Not followed: a 502, and neither request nor key goes to where it points.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('u21', { credentials: 6 }),
  async run(bench) {
    const { origin } = await bench.shared();
    let hits = 0;
    const port = await bench.listen(() => hits++);
    const targets = [`http://127.0.0.1:${port}/v1/chat/completions`, 'http://169.254.169.254/latest/meta-data/'];
    for (const form of FORMS)
      for (const [index, status] of [301, 302, 307, 308].entries()) {
        bench.wall.on(`u21-${form}-a`, (call) => call.answer(status, '', `location: ${targets[index % 2]}`));
        const answer = await ask(origin, { form, model: `u21-${form}`, stream: index > 1 });
        dueError(answer, [502, 503, 529], `${status}, ${form}`);
        equal(answer.headers.location, undefined, 'Location for the client');
      }
    equal(hits, 0, 'requests where it points');
    return pass('not followed', { hits });
  },
};

const earlyRefusal: FaultRow = {
  id: 'U23',
  title: '413 or 429, and the connection closed, while our 5 MB are still going up',
  promise: 'The caller gets that status, not a broken connection.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...modelsFor('u23-413', { credentials: 2 }), ...modelsFor('u23-429', { credentials: 2 })],
  async run(bench) {
    const { origin } = await bench.shared();
    const prompt = 'long words '.repeat(470_000);
    for (const form of FORMS)
      for (const status of [413, 429]) {
        const name = `u23-${status}-${form}`;
        bench.wall.on(
          `${name}-a`,
          (call) => {
            call.error(status, { message: 'Enough.' }, 'connection: close');
            call.socket.end();
            // What still comes is not read: a reset follows, as servers do.
            setTimeout(() => call.socket.destroy(), 100);
          },
          { early: true },
        );
        const answer = await ask(origin, { form, model: name, prompt });
        dueError(answer, status, name);
      }
    return pass('told as it was', { 'body MB': prompt.length / MB });
  },
};

export const ANSWER_ROWS: readonly FaultRow[] = [wrongKind, compressed, badHeads, redirects, earlyRefusal];
