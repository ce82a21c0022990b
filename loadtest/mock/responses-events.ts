/** The mock's own wire format of OpenAI's Responses: every event numbered, every `added` with its `done`. */
import { type MockDialect, Stamper, type StreamFacts, type StreamWriter } from './dialect.js';
import { openAiErrorBody, openAiHeaders } from './openai-events.js';

const FAILURE = {
  type: 'error',
  code: 'server_error',
  message: 'The server had an error while processing your request. Sorry about that!',
  param: null,
};

export const responsesDialect: MockDialect = {
  name: 'responses',
  idPrefix: 'resp_mock',
  createWriter: (facts) => new ResponsesWriter(facts),
  wholeBody: (facts, content, completionTokens) =>
    JSON.stringify({
      ...responseBody(facts, 'completed', [messageItem(facts, content)], completionTokens),
      ...(facts.stamps ? { mock: { seq: 0, ns: String(process.hrtime.bigint()) } } : {}),
    }),
  errorEvent: `event: error\ndata: ${JSON.stringify({ ...FAILURE, sequence_number: 9 })}\n\n`,
  errorBody: (_status, words) => openAiErrorBody(words),
  headers: openAiHeaders,
};

/**
 * `created, in_progress, output_item.added, content_part.added, output_text.delta…, output_text.done, content_part.done,
 * output_item.done, completed`.
 */
export class ResponsesWriter implements StreamWriter {
  readonly openingEvents = 4;
  readonly closingEvents = 3;
  private readonly facts: StreamFacts;
  private readonly stamper: Stamper;
  private readonly place: string;
  private sequence = 0;
  /** What was said, as latin1 JSON source: the closing events repeat it. */
  private said = '';

  constructor(facts: StreamFacts) {
    this.facts = facts;
    this.stamper = new Stamper(facts);
    this.place = `"item_id":"${itemId(facts)}","output_index":0,"content_index":0`;
  }

  opening(): string {
    const response = latin1(responseBody(this.facts, 'in_progress', [], undefined));
    const item = latin1({ ...messageItem(this.facts, ''), status: 'in_progress', content: [] });
    return [
      this.event('response.created', `"response":${response}`),
      this.event('response.in_progress', `"response":${response}`),
      this.event('response.output_item.added', `"output_index":0,"item":${item}`),
      this.event('response.content_part.added', `${this.place},"part":${textPart('')}`),
    ].join('');
  }

  content(piece: string): string {
    this.said += piece;
    return this.event('response.output_text.delta', `${this.place},"delta":"${piece}","logprobs":[]`);
  }

  closing(): string {
    return [
      this.event('response.output_text.done', `${this.place},"text":"${this.said}","logprobs":[]`),
      this.event('response.content_part.done', `${this.place},"part":${textPart(this.said)}`),
      this.event('response.output_item.done', `"output_index":0,"item":${this.item()}`),
    ].join('');
  }

  usage(): string {
    return '';
  }

  done(completionTokens: number): string {
    const response = latin1(responseBody(this.facts, 'completed', [], completionTokens));
    return this.event('response.completed', `"response":${response.replace('"output":[]', () => `"output":[${this.item()}]`)}`);
  }

  private item(): string {
    return `{"id":"${itemId(this.facts)}","type":"message","status":"completed","role":"assistant","content":[${textPart(this.said)}]}`;
  }

  private event(type: string, members: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.sequence++},${members}${this.stamper.next()}}\n\n`;
  }
}

function itemId({ id }: StreamFacts): string {
  return id.replace('resp_', 'msg_');
}

/** `said` as latin1 JSON source. */
function textPart(said: string): string {
  return `{"type":"output_text","text":"${said}","annotations":[],"logprobs":[]}`;
}

function messageItem(facts: StreamFacts, text: string) {
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
  return { id: itemId(facts), type: 'message', status: 'completed', role: 'assistant', content };
}

function responseBody(facts: StreamFacts, status: string, output: object[], completionTokens: number | undefined) {
  const { id, created, model, promptTokens, cachedTokens } = facts;
  const usage = completionTokens === undefined ? null : usageBody(promptTokens, cachedTokens, completionTokens);
  return {
    ...{ id, object: 'response', created_at: created, status, background: false, error: null, incomplete_details: null },
    ...{ instructions: null, max_output_tokens: null, model, output, parallel_tool_calls: true, previous_response_id: null },
    ...{ reasoning: { effort: null, summary: null }, service_tier: 'default', store: false, temperature: 1 },
    ...{ text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], top_p: 1, truncation: 'disabled' },
    ...{ usage, user: null, metadata: {} },
  };
}

function usageBody(input: number, cached: number, output: number) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

function latin1(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
}
