/** The mock's own wire format of OpenAI's chat completions; nothing here comes from the gateway, so that one bug cannot hide another. */
import { type ErrorWords, latin1Json, type MockDialect, Stamper, type StreamFacts, type StreamWriter } from './dialect.js';

const DONE_EVENT = 'data: [DONE]\n\n';
const FAILURE = {
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
  param: null,
  code: null,
};

export const chatDialect: MockDialect = {
  name: 'chat',
  idPrefix: 'chatcmpl-mock',
  createWriter: (facts) => new ChatWriter(facts),
  wholeBody: completionBody,
  errorEvent: `data: ${JSON.stringify({ error: FAILURE })}\n\n`,
  errorBody: (_status, words) => openAiErrorBody(words),
  headers: openAiHeaders,
};

export class ChatWriter implements StreamWriter {
  readonly openingEvents = 1;
  readonly closingEvents = 1;
  private readonly head: string;
  private readonly facts: StreamFacts;
  private readonly stamper: Stamper;

  constructor(facts: StreamFacts) {
    this.facts = facts;
    this.stamper = new Stamper(facts);
    const usage = facts.includeUsage ? ',"usage":null' : '';
    this.head = `data: {"id":"${facts.id}","object":"chat.completion.chunk","created":${facts.created},"model":${latin1Json(facts.model)},"service_tier":"default","system_fingerprint":"fp_mock"${usage}`;
  }

  opening(): string {
    return this.choice('{"role":"assistant","content":"","refusal":null}', 'null');
  }

  content(piece: string): string {
    return this.choice(`{"content":"${piece}"}`, 'null');
  }

  closing(): string {
    return this.choice('{}', '"stop"');
  }

  usage(completionTokens: number): string {
    if (!this.facts.includeUsage) return '';
    const head = this.head.replace(',"usage":null', '');
    return `${head},"choices":[],"usage":${JSON.stringify(usageBody(this.facts, completionTokens))}${this.stamper.next()}}\n\n`;
  }

  done(): string {
    return DONE_EVENT;
  }

  private choice(delta: string, reason: string): string {
    return `${this.head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${this.stamper.next()}}\n\n`;
  }
}

/** An answer that is not streamed. */
function completionBody(facts: StreamFacts, content: string, completionTokens: number): string {
  const message = { role: 'assistant', content, refusal: null, annotations: [] };
  return JSON.stringify({
    id: facts.id,
    object: 'chat.completion',
    created: facts.created,
    model: facts.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: usageBody(facts, completionTokens),
    service_tier: 'default',
    system_fingerprint: 'fp_mock',
    ...(facts.stamps ? { mock: { seq: 0, ns: String(process.hrtime.bigint()) } } : {}),
  });
}

/** OpenAI's error body. */
export function openAiErrorBody({ message, type, code, param = null }: ErrorWords): string {
  return JSON.stringify({ error: { message, type, param, code } });
}

export function openAiHeaders(requestId: string) {
  return { 'x-request-id': requestId, 'openai-version': '2020-10-01', 'openai-processing-ms': '1' };
}

function usageBody({ promptTokens, cachedTokens }: StreamFacts, completionTokens: number) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
