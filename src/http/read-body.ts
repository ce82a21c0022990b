/** Reads a request body within a bound, refusing what is too large before it is buffered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.js';
import { OFF_LOOP_FROM } from '../gateway/read-fields.js';
import type { BodyClock, Reading } from './body-clock.js';

/** The body of at most `limit` bytes. A client that waits for `100 Continue` is told only now, after it was authenticated. */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number, clock: BodyClock): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) return Promise.reject(tooLarge(limit));
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const reading: Reading = {
      startedAt: performance.now(),
      get received() {
        return length;
      },
      late: () => settle(() => reject(tooSlow())),
    };
    clock.add(reading);
    const settle = (act: () => void): void => {
      clock.remove(reading);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      act();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limit) settle(() => reject(tooLarge(limit)));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(joined(chunks, length)));
    const onClose = (): void =>
      settle(() => reject(new GatewayError('client_closed_request', 'The client left before its request was complete.')));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** A body that may go to a thread lies in shared memory: it is copied once in any case, and then no more. */
export function joined(chunks: readonly Buffer[], length: number): Buffer {
  const [first] = chunks;
  if (chunks.length === 1 && first) return first;
  if (length < OFF_LOOP_FROM) return Buffer.concat(chunks, length);
  const body = Buffer.from(new SharedArrayBuffer(length));
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(body, at);
  return body;
}

export function tooSlow(): GatewayError {
  return new GatewayError('request_timeout', 'The request body did not arrive in time.');
}

export function tooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `The request body is larger than the ${limit} bytes that this gateway accepts.`);
}
