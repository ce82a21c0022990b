/** Requests as they come off a socket: what an upstream was really sent, byte for byte. Content-Length framing, as a gateway sends. */
import type { Socket } from 'node:net';

export interface WallRequest {
  /** Request line and headers as they came, latin1, with the blank line. */
  readonly head: string;
  readonly method: string;
  readonly path: string;
  /** Names in lower case; the last of each. */
  readonly headers: Readonly<Record<string, string>>;
  /** latin1. */
  readonly body: string;
}

/** Calls `onRequest` for each whole request; `onHead` as soon as its headers are there, answers true when it takes over the socket. */
export function readRequests(
  socket: Socket,
  onRequest: (request: WallRequest) => void,
  onHead: (request: WallRequest) => boolean = () => false,
): void {
  let pieces: string[] = [];
  let length = 0;
  let wanted = 0;
  let taken = false;
  let headSeen = false;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    if (taken) return;
    pieces.push(text);
    length += text.length;
    while (length > 0 && length >= wanted) {
      let heard = pieces.length === 1 ? (pieces[0] as string) : pieces.join('');
      pieces = [heard];
      const headEnd = heard.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = heard.slice(0, headEnd + 4);
      const request = parseHead(head);
      wanted = head.length + Number(request.headers['content-length'] ?? 0);
      if (!headSeen && onHead(request)) {
        taken = true;
        return;
      }
      headSeen = true;
      if (heard.length < wanted) return;
      const body = heard.slice(head.length, wanted);
      heard = heard.slice(wanted);
      pieces = heard === '' ? [] : [heard];
      length = heard.length;
      wanted = 0;
      headSeen = false;
      onRequest({ ...request, body });
    }
  });
}

function parseHead(head: string): WallRequest {
  const [first = '', ...lines] = head.trimEnd().split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = lines.map((line) => line.split(/: ?(.*)/s, 2)).map(([name = '', value = '']) => [name.toLowerCase(), value]);
  return { head, method, path, headers: Object.fromEntries(headers), body: '' };
}
