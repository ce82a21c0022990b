import { test } from 'tap';
import { gatewayConfig, startGateway } from './helpers/gateway.js';
import { answersIn, speak } from './helpers/raw-http.js';
import { JSON_TYPE, startRecordingUpstream } from './helpers/recording-upstream.js';

/** Bodies that a parse and a print would change. */
const BODIES = [
  '{"model":"m","messages":[]}',
  ' \n\t{ "model" :\r\n "m" , "messages":[ ] }\n\n',
  '{"messages":[{"role":"user","content":"Grüße 你好 🌊 \\ud83c\\udf0a \\u00e9 \\/ \\ud83d"}],"model":"m"}',
  '{"seed":12345678901234567890,"temperature":1.0,"top_p":1e-0,"x":-0,"y":1E400,"model":"m","z":0.1000000000000000055511151231257827}',
  '{"model":"m","model_extra":{"model":"other"},"tools":[{"model":"x"}],"__proto__":{"a":1},"constructor":{"prototype":{"b":2}}}',
  '{"unknown":[[[[{}]]]],"":null,"a":1,"a":2,"model":"m"}',
  '{"\\u0061":"\\u006d","model":"m"}',
];

const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

async function ask(url: string, body: string | Buffer): Promise<{ status: number; bytes: Buffer }> {
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: JSON_TYPE, body });
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
}

test('a request body reaches the upstream byte for byte', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  for (const body of BODIES) {
    t.equal((await ask(gateway.url, body)).status, 200, body);
    t.equal(upstream.requests.at(-1)?.body.toString(), body);
    t.equal(upstream.requests.at(-1)?.headers['content-length'], String(Buffer.byteLength(body)));
  }
  const long = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '界'.repeat(1_000_000) }] });
  await ask(gateway.url, long);
  t.ok(upstream.requests.at(-1)?.body.equals(Buffer.from(long)), 'three megabytes too');
  const invalid = Buffer.concat([Buffer.from('{"model":"m","x":"'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')]);
  const odd = await ask(gateway.url, invalid);
  if (odd.status === 200) t.ok(upstream.requests.at(-1)?.body.equals(invalid), "broken UTF-8 is the upstream's to judge");
  else t.equal(odd.status, 400);
});

test('a model alias is replaced where it stands and nowhere else', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const models = [{ name: 'alias"q"é', targets: [{ upstream: 'main', model: 'real/model-2' }] }];
  const gateway = await startGateway(t, gatewayConfig(upstream.url, { models }));
  for (const [sent, received] of [
    ['{"model":"alias\\"q\\"é","user":"alias"}', '{"model":"real/model-2","user":"alias"}'],
    [
      ' { "n":1.0 ,\n"model" :\t"alias\\"q\\"\\u00e9" , "é🌊":{"model":"alias\\"q\\"é"}}\n',
      ' { "n":1.0 ,\n"model" :\t"real/model-2" , "é🌊":{"model":"alias\\"q\\"é"}}\n',
    ],
    ['{"mod\\u0065l":"alias\\"q\\"é"}', '{"mod\\u0065l":"real/model-2"}'],
  ] as const) {
    t.equal((await ask(gateway.url, sent)).status, 200, sent);
    t.equal(upstream.requests.at(-1)?.body.toString(), received);
  }
});

test('an answer in one piece comes back byte for byte, however it was cut', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  for (const body of [...BODIES, `{"x":"${'é'.repeat(300_000)}"}`].map((text) => Buffer.from(text))) {
    upstream.answer = (response) => {
      response.writeHead(200, JSON_TYPE);
      for (const piece of inPieces(body, body.length > 1000 ? 33_333 : 7)) response.write(piece);
      response.end();
    };
    const { bytes } = await ask(gateway.url, '{"model":"m","messages":[]}');
    t.ok(bytes.equals(body), body.subarray(0, 60).toString());
  }
  const huge = Buffer.from(`{"x":"${'界'.repeat(4_000_000)}"}`);
  upstream.answer = (response) => response.writeHead(200, JSON_TYPE).end(huge);
  t.ok((await ask(gateway.url, '{"model":"m"}')).bytes.equals(huge), 'and one larger than is held');
});

test('a stream comes back byte for byte: comments, CRLF, odd fields, split characters', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  const stream = Buffer.from(
    [
      ': comment é\n\n',
      'event: x\nid: 7\nretry: 10\ndata: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n',
      'data:{"choices":[{"index":0,"delta":{"content":"Grüße 你好 🌊"}}]}\n\n',
      'data: {"choices":[{"index":0,\ndata: "delta":{"content":"two lines"}}]}\n\n',
      'data: {"choices":[{"index":0,"delta":{"content":"crlf"}}]}\r\n\r\n',
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      'data: [DONE]\n\n',
    ].join(''),
  );
  for (const size of [1, 2, 3, 5, 17, 64, stream.length]) {
    upstream.answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of inPieces(stream, size)) {
        response.write(piece);
        if (size < 64) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    const { bytes } = await ask(gateway.url, '{"model":"m","messages":[],"stream":true}');
    t.equal(bytes.toString(), stream.toString(), `in pieces of ${size}`);
  }
});

test('embeddings are untouched both ways', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  const answer = '{ "data":[{"embedding":[1.0,-0,1e-7,0.30000000000000004]}], "object":"list" }\n';
  upstream.answer = (response) => response.writeHead(200, JSON_TYPE).end(answer);
  const sent = '{"input":[[1,2,3]],\n"model":"text-embedding-3-small","dimensions":3}';
  const heard = await fetch(`${gateway.url}/v1/embeddings`, { method: 'POST', body: sent });
  t.equal(await heard.text(), answer);
  t.equal(upstream.requests[0]?.body.toString(), sent);
  t.equal(upstream.requests[0]?.url, '/v1/embeddings');
});

test('a query string is not passed on and does not change the route', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const gateway = await startGateway(t, gatewayConfig(upstream.url));
  const body = '{"model":"m"}';
  const bytes = `POST /v1/chat/completions?api-key=sk-in-query&x=/../../ HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  t.equal(answersIn((await speak(gateway.port, bytes)).text)[0]?.status, 200);
  t.equal(upstream.requests[0]?.url, '/v1/chat/completions');
});
