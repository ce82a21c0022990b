/** HTTP by hand over a bare socket: for bytes that no client library would send, and answers that none would show. */
import { type Heard, type SpeakOptions, speak as speakFor } from '../../loadtest/faults/client/speak.js';

export type { Heard };

/** As the catalogue of faults does, with more patience: many tests run at a time. */
export function speak(port: number, bytes: string | Buffer, options: SpeakOptions = {}): Promise<Heard> {
  return speakFor(port, bytes, { ...options, patience: options.patience ?? 10_000 });
}

export interface RawAnswer {
  readonly version: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The answers in what was heard, in order; the last may be close-delimited. `head`: none has a body. */
export function answersIn(text: string, head = false): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.startsWith('HTTP/')) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) break;
    const [statusLine = '', ...lines] = rest.slice(0, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => line.split(/: ?(.*)/s, 2)).map(([name = '', value = '']) => [name.toLowerCase(), value]),
    );
    const status = Number(statusLine.split(' ')[1]);
    const [body, length] = head || status < 200 ? ['', 0] : readBody(rest.slice(headEnd + 4), headers);
    answers.push({ version: statusLine.slice(0, 8), status, headers, body });
    rest = rest.slice(headEnd + 4 + length);
  }
  return answers;
}

/** The body and how many characters it took. */
function readBody(rest: string, headers: Record<string, string>): [string, number] {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(rest);
  const length = headers['content-length'] === undefined ? rest.length : Number(headers['content-length']);
  return [rest.slice(0, length), length];
}

function readChunks(rest: string): [string, number] {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    const length = lineEnd < 0 ? Number.NaN : Number.parseInt(rest.slice(at, lineEnd), 16);
    if (Number.isNaN(length)) return [`${body}[cut]`, rest.length];
    body += rest.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
    if (length === 0) return [body, at];
  }
}

/** A chat request as bytes; `connection: close` unless `headers` says otherwise. */
export function chatBytes({
  headers = ['connection: close'] as string[],
  body = '{"model":"mock-instant","messages":[]}',
  version = '1.1',
} = {}): string {
  const head = [
    `POST /v1/chat/completions HTTP/${version}`,
    'host: gateway',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  return `${[...head, ...headers].join('\r\n')}\r\n\r\n${body}`;
}
