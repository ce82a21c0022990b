/** An upstream that keeps every byte it is sent and answers with the very bytes a test names. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestScope } from './gateway.js';

export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface RecordingUpstream {
  readonly url: string;
  readonly requests: Recorded[];
  /** How the next requests are answered. */
  answer: (response: ServerResponse, request: Recorded) => void;
}

export const JSON_TYPE = { 'content-type': 'application/json' };
export const WHOLE = '{"id":"c","object":"chat.completion","choices":[]}';

export async function startRecordingUpstream(t: TestScope): Promise<RecordingUpstream> {
  const upstream: { url: string; requests: Recorded[]; answer: RecordingUpstream['answer'] } = {
    url: '',
    requests: [],
    answer: (response) => response.writeHead(200, JSON_TYPE).end(WHOLE),
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', rawHeaders, headers } = request;
    const recorded = { method, url, rawHeaders, headers, body: Buffer.concat(chunks) };
    upstream.requests.push(recorded);
    upstream.answer(response, recorded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}
