import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'tap';
import { answerHead } from './response-text.js';

const KEEP_ALIVE = 75_000;
const HEADERS = { 'content-type': 'application/json', 'x-request-id': 'req_1', 'retry-after': '1' };

/** What Node's server says with the same status, headers and length; the date aside. */
async function saidByNode(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n');
  let text = '';
  socket.setEncoding('latin1');
  while (!text.includes('\r\n\r\n')) text += String((await once(socket, 'data'))[0]);
  socket.destroy();
  return text.slice(0, text.indexOf('\r\n\r\n') + 4);
}

const dateless = (text: string): string => text.replace(/Date: .*? GMT/, 'Date: now');

test("an answer's head is the same as of Node's server", async (t) => {
  let answer: { status: number; closes: boolean; length: number | undefined } = { status: 200, closes: false, length: 2 };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (_request, response) => {
    const { status, closes, length } = answer;
    const framing = length === undefined ? {} : { 'content-length': String(length) };
    response.writeHead(status, { ...HEADERS, ...(closes && { connection: 'close' }), ...framing });
    if (length === undefined) response.write('x');
    response.end('ok'.slice(0, length));
  });
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const status of [200, 400, 401, 404, 413, 429, 500, 503, 529])
    for (const closes of [false, true])
      for (const length of [2, undefined]) {
        answer = { status, closes, length };
        const own = answerHead(status, HEADERS, { closes, keepAlive: KEEP_ALIVE }, length);
        t.match(own, /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
        t.equal(dateless(own), dateless(await saidByNode(port)));
      }
});

test('a value that could begin another header is refused, and not repeated', async (t) => {
  for (const value of ['a\r\nset-cookie: x', 'a\nb', 'a\0', 'a\u010a'])
    t.throws(() => answerHead(200, { 'x-a': value }, { closes: false, keepAlive: 1 }, 0), {
      message: "The answer's header x-a has a character that is not allowed.",
    });
});
