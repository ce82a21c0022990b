/** The mock's own wire format of Anthropic's Messages: the whole event sequence, cache usage, and a type for each error status. */
import { type ErrorWords, latin1Json, type MockDialect, Stamper, type StreamFacts, type StreamWriter } from './dialect.js';

const ERROR_TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export const messagesDialect: MockDialect = {
  name: 'messages',
  idPrefix: 'msg_mock',
  createWriter: (facts) => new MessagesWriter(facts),
  wholeBody,
  errorEvent: `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'Internal server error' } })}\n\n`,
  errorBody: messagesErrorBody,
  headers: messagesHeaders,
};

/** `message_start, content_block_start, ping, content_block_delta…, content_block_stop, message_delta, message_stop`. */
export class MessagesWriter implements StreamWriter {
  readonly openingEvents = 3;
  readonly closingEvents = 2;
  private readonly facts: StreamFacts;
  private readonly stamper: Stamper;

  constructor(facts: StreamFacts) {
    this.facts = facts;
    this.stamper = new Stamper(facts);
  }

  opening(): string {
    const model = latin1Json(this.facts.model);
    const usage = JSON.stringify(startUsage(this.facts, 1));
    const message = `{"id":"${this.facts.id}","type":"message","role":"assistant","model":${model},"content":[],"stop_reason":null,"stop_sequence":null,"usage":${usage}}`;
    const start = this.event('message_start', `"message":${message}`);
    return `${start}${this.event('content_block_start', '"index":0,"content_block":{"type":"text","text":""}')}${this.event('ping', '')}`;
  }

  content(piece: string): string {
    return this.event('content_block_delta', `"index":0,"delta":{"type":"text_delta","text":"${piece}"}`);
  }

  closing(completionTokens: number): string {
    const stop = this.event('content_block_stop', '"index":0');
    const delta = '"delta":{"stop_reason":"end_turn","stop_sequence":null}';
    const usage = JSON.stringify({ ...inputUsage(this.facts), output_tokens: completionTokens });
    return `${stop}${this.event('message_delta', `${delta},"usage":${usage}`)}`;
  }

  usage(): string {
    return '';
  }

  done(): string {
    return this.event('message_stop', '');
  }

  private event(type: string, members: string): string {
    return `event: ${type}\ndata: {"type":"${type}"${members === '' ? '' : `,${members}`}${this.stamper.next()}}\n\n`;
  }
}

/** Anthropic's error body; the type follows from the status. */
export function messagesErrorBody(status: number, { message }: ErrorWords, requestId: string): string {
  const type = ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId });
}

export function messagesHeaders(requestId: string) {
  return {
    'request-id': requestId,
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
    'anthropic-ratelimit-requests-reset': '2030-01-01T00:00:00Z',
  };
}

/** `input_tokens` leaves out what the two cache counts say. */
function inputUsage({ promptTokens, cachedTokens, cacheWriteTokens }: StreamFacts) {
  return {
    input_tokens: promptTokens - cachedTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
  };
}

function startUsage(facts: StreamFacts, outputTokens: number) {
  return {
    ...inputUsage(facts),
    cache_creation: { ephemeral_5m_input_tokens: facts.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  };
}

function wholeBody(facts: StreamFacts, content: string, completionTokens: number): string {
  return JSON.stringify({
    id: facts.id,
    type: 'message',
    role: 'assistant',
    model: facts.model,
    content: [{ type: 'text', text: content }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: startUsage(facts, completionTokens),
    ...(facts.stamps ? { mock: { seq: 0, ns: String(process.hrtime.bigint()) } } : {}),
  });
}
