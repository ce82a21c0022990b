/** An upstream's error answer: read up to a bound, judged by status and code, kept in case it is the last word. */
import { GatewayError } from '../errors.js';
import { convertError, makerOf } from '../protocol/convert/error.js';
import type { Protocol, UpstreamErrorBody } from '../protocol/protocol.js';
import { readHeadroom } from '../upstream/headroom.js';
import { allowedResponseHeaders } from '../upstream/response-headers.js';
import { readRetryAfter } from '../upstream/retry-after.js';
import type { UpstreamHeaders } from '../upstream/upstream.js';
import type { AnswerReader, AttemptControl } from './answer-reader.js';
import { credentialsRefused, type Failure, isOverloaded, kindOf, withoutSecrets } from './failure.js';

/** Error bodies are small; what is longer is not worth reading on. */
const MOST_BYTES = 64 * 1024;

export class ErrorAnswer implements AnswerReader {
  readonly #control: AttemptControl;
  readonly #protocol: Protocol;
  readonly #client: Protocol;
  readonly #status: number;
  readonly #headers: UpstreamHeaders;
  readonly #deadline: number;
  #text = '';

  /** `protocol`: the upstream's; `deadline`: when to stop reading, on `performance.now()`'s clock. */
  constructor(
    control: AttemptControl,
    protocol: Protocol,
    client: Protocol,
    status: number,
    headers: UpstreamHeaders,
    deadline: number,
  ) {
    this.#control = control;
    this.#protocol = protocol;
    this.#client = client;
    this.#status = status;
    this.#headers = headers;
    this.#deadline = deadline;
  }

  onData(text: string): void {
    this.#text += text;
    if (this.#text.length > MOST_BYTES) this.onEnd();
  }

  onEnd(): void {
    this.#control.finish({ kind: 'failed', failure: this.#failure() });
  }

  /** The status says enough. */
  onFault(): void {
    this.onEnd();
  }

  onDrain(): void {}

  check(now: number): void {
    if (now > this.#deadline) this.onEnd();
  }

  #failure(): Failure {
    const body = this.#readError();
    const kind = kindOf(this.#status, body?.code);
    const retryAfter = readRetryAfter(this.#headers, Date.now()) ?? this.#whenRefilled(kind);
    const error = this.#ownWords(kind, retryAfter);
    // A refused key is the gateway's trouble: neither its status nor its text is for the caller.
    if (kind === 'refused' || this.#status < 400) return { kind, error, retryAfter };
    return {
      kind,
      error,
      retryAfter,
      atOnce: isOverloaded(this.#status),
      answer: {
        status: this.#status,
        headers: allowedResponseHeaders(this.#headers),
        body: body && this.#inClientsWords(body),
      },
    };
  }

  /** A limit that says when it fills up again needs no guess. */
  #whenRefilled(kind: Failure['kind']): number | undefined {
    return kind === 'rate-limited' ? readHeadroom(makerOf(this.#protocol.name), this.#headers) : undefined;
  }

  #readError(): UpstreamErrorBody | undefined {
    const body = this.#protocol.readError(Buffer.from(this.#text, 'latin1').toString('utf8'));
    return body && withoutSecrets(body);
  }

  #inClientsWords(body: UpstreamErrorBody): UpstreamErrorBody {
    const maker = makerOf(this.#client.name);
    return maker === makerOf(this.#protocol.name) ? body : convertError(maker, body, this.#status);
  }

  #ownWords(kind: Failure['kind'], retryAfter: number | undefined): GatewayError {
    if (kind === 'refused') return credentialsRefused();
    if (kind === 'rate-limited') return new GatewayError('rate_limit_exceeded', 'The upstream is rate limited.', { retryAfter });
    if (kind === 'rejected') return new GatewayError('invalid_request', 'The upstream rejected the request.');
    if (isOverloaded(this.#status)) return new GatewayError('overloaded', 'The upstream is overloaded.', { retryAfter });
    return new GatewayError('upstream_error', 'The upstream failed.', { retryAfter });
  }
}
