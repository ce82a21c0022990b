/** One try at one credential: the request goes out, the answer's headers choose how it is read, one end is told. */
import type { ChosenCredential } from '../credential/types.js';
import type { Tallies } from '../metrics/record.js';
import { requestHeaders } from '../upstream/request-headers.js';
import type {
  UpstreamExchange,
  UpstreamFault,
  UpstreamHeaders,
  UpstreamListener,
  UpstreamRequest,
} from '../upstream/upstream.js';
import type { AnswerReader, AttemptControl, AttemptEnd } from './answer-reader.js';
import type { Asked } from './asked.js';
import { clientEvents } from './client-events.js';
import type { RequestContext } from './context.js';
import type { CredentialSlot } from './credential-slot.js';
import type { Delivery } from './delivery.js';
import { ErrorAnswer } from './error-answer.js';
import { failureOf, timedOut, unusable } from './failure.js';
import { StreamAnswer } from './stream-answer.js';
import type { UpstreamEntry } from './upstream-table.js';
import { WholeAnswer } from './whole-answer.js';

const EVENT_STREAM = /^text\/event-stream\s*(?:;|$)/i;
const MARKUP = /^text\/html\b/i;

export interface AttemptParts {
  readonly context: RequestContext;
  readonly delivery: Delivery;
  readonly tallies: Tallies;
  readonly choice: ChosenCredential;
  readonly upstream: UpstreamEntry;
  readonly key: string;
  readonly owner: AttemptOwner;
  /** Given back when the upstream has sent all of an answer, before its end goes to the client. */
  readonly slot?: CredentialSlot;
}

/** Told of an attempt while it runs. */
export interface AttemptOwner {
  /** Nothing more may be sent: its client is gone, or it was ended. */
  readonly isOver: boolean;
  /** It is under way. */
  onSent(attempt: Attempt, choice: ChosenCredential): void;
  /** A success by its status; its headers may say what is left of the credential's limits. */
  onAnswered(choice: ChosenCredential, upstream: UpstreamEntry, headers: UpstreamHeaders): void;
  /** Content has come: a trial has passed. */
  onBegun(choice: ChosenCredential): void;
  /** The id by which the upstream keeps the answer. */
  onKept(choice: ChosenCredential, id: string): void;
}

export class Attempt implements UpstreamListener, AttemptControl {
  readonly sentAt = performance.now();
  status: number | undefined;
  hasBegun = false;
  readonly end: Promise<AttemptEnd>;
  readonly #parts: AttemptParts;
  readonly #asked: Asked;
  #settle!: (end: AttemptEnd) => void;
  #over = false;
  #reader: AnswerReader | undefined;
  /** Unset while the request is being handed over: a fault may come before. */
  readonly #exchange: UpstreamExchange | undefined;

  constructor(parts: AttemptParts, asked: Asked) {
    this.#parts = parts;
    this.#asked = asked;
    this.end = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const request = outgoing(parts, asked);
    asked.body = undefined;
    this.#exchange = parts.upstream.connection.send(request, this);
  }

  onHeaders(status: number, headers: UpstreamHeaders): void {
    this.status = status;
    if (status === 200) this.#parts.owner.onAnswered(this.#parts.choice, this.#parts.upstream, headers);
    const reader = this.#chooseReader(status, headers);
    if (typeof reader === 'string') this.finish({ kind: 'failed', failure: unusable(reader) });
    else this.#reader = reader;
  }

  onData(text: string, framed: string): void {
    this.#reader?.onData(text, framed);
  }

  onEnd(): void {
    if (this.status === 200) this.#parts.slot?.give();
    this.#reader?.onEnd();
  }

  onError(fault: UpstreamFault): void {
    if (this.#reader) this.#reader.onFault(fault);
    else this.finish({ kind: 'failed', failure: failureOf(fault) });
  }

  finish(end: AttemptEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#exchange?.stop();
    this.#settle(end);
  }

  keep(id: string): void {
    this.#parts.owner.onKept(this.#parts.choice, id);
  }

  begun(): void {
    this.hasBegun = true;
    this.#parts.owner.onBegun(this.#parts.choice);
  }

  pause(): void {
    this.#exchange?.pause();
  }

  resume(): void {
    this.#exchange?.resume();
  }

  /** The client went away: what was told of the usage so far is all there is. */
  abort(): void {
    this.finish({ kind: 'aborted', usage: this.#reader?.usage });
  }

  /** Bytes of the answer that wait to go out. */
  get held(): number {
    return this.#reader?.held ?? 0;
  }

  onDrain(): void {
    if (!this.#over) this.#reader?.onDrain();
  }

  check(now: number): void {
    if (this.#over) return;
    if (this.#reader) this.#reader.check(now);
    else if (now - this.sentAt > this.#headersTimeout) this.finish({ kind: 'failed', failure: timedOut('an answer') });
  }

  get #headersTimeout(): number {
    const { timeouts } = this.#parts.context.snapshot.config;
    return this.#parts.context.fields?.stream ? Math.min(timeouts.headers, timeouts.firstToken) : timeouts.headers;
  }

  /** A string says why no reader fits. */
  #chooseReader(status: number, headers: UpstreamHeaders): AnswerReader | string {
    const { context, delivery, tallies } = this.#parts;
    const asked = this.#asked;
    if (status >= 400) {
      const deadline = performance.now() + context.snapshot.config.timeouts.idle;
      return new ErrorAnswer(this, asked.route.protocol, context.route.protocol, status, headers, deadline);
    }
    if (status !== 200) return status < 400 && status >= 300 ? 'it is a redirect' : `its status is ${status}`;
    if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return 'it is compressed though plain text was asked for';
    const type = headers.get('content-type') ?? '';
    const events = context.fields?.stream ? clientEvents(asked, context.route) : undefined;
    if (!events)
      return MARKUP.test(type) || EVENT_STREAM.test(type)
        ? `it is ${type.split(';')[0]}`
        : new WholeAnswer({ control: this, context, delivery, headers, asked });
    if (!EVENT_STREAM.test(type)) return 'it is no event stream';
    return new StreamAnswer({ control: this, context, delivery, ...events, headers, tallies, sentAt: this.sentAt });
  }
}

function outgoing({ context, upstream, key }: AttemptParts, asked: Asked): UpstreamRequest {
  const headers = requestHeaders({
    protocol: upstream.config.protocol,
    key,
    stream: context.fields?.stream ?? false,
    requestId: context.requestId,
    client: context.client.headers,
  });
  const query = asked.route === context.route ? forwardedQuery(context.client.path) : '';
  return { method: 'POST', path: upstream.basePath + asked.route.path + query, headers, body: asked.body ?? null };
}

/** Anthropic's SDK marks beta calls so; nothing else of a caller's query goes further. */
function forwardedQuery(path: string): string {
  return /[?&]beta=true(?:&|$)/.test(path) ? '?beta=true' : '';
}
