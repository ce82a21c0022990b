/** The mock's own wire format of OpenAI's chat completions; nothing here comes from the gateway, so that one bug cannot hide another. */

/** One stream's fixed parts. `stamps` adds `"mock":{"seq","ns"}` to each event (ns: this host's monotonic clock), to the first one `since` too. */
export interface StreamFacts {
  id: string;
  created: number;
  model: string;
  stamps: boolean;
  /** When the request had come whole, on the clock of the stamps. */
  receivedAt: bigint;
  includeUsage: boolean;
  promptTokens: number;
}

/** What an answer cost. Completion tokens are the content events, prompt tokens a quarter of the characters sent. */
export interface UsageNumbers {
  promptTokens: number;
  completionTokens: number;
}

export const DONE_EVENT = 'data: [DONE]\n\n';

const HELLO = 'Hello from the mock model. These words arrive one by one, as those of an answer would.';
const WORDS = [
  'The ',
  'tide ',
  'comes ',
  'in ',
  'twice ',
  'a ',
  'day, ',
  'and ',
  'each ',
  'gate ',
  'opens ',
  'when ',
  'its ',
  'turn ',
  'has ',
  'come. ',
];
/** The default answer, a word or so to the piece. */
export const HELLO_PIECES: readonly string[] = HELLO.split(/(?<= )/);

/** Builds the events of one stream as text in latin1 (one character is one byte), `data:` prefix and blank line included. */
export class EventWriter {
  private readonly head: string;
  private readonly facts: StreamFacts;
  private sequence = 0;

  constructor(facts: StreamFacts) {
    this.facts = facts;
    const usage = facts.includeUsage ? ',"usage":null' : '';
    this.head = `data: {"id":"${facts.id}","object":"chat.completion.chunk","created":${facts.created},"model":${latin1Json(facts.model)},"service_tier":"default","system_fingerprint":"fp_mock"${usage}`;
  }

  role(): string {
    return this.choice('{"role":"assistant","content":"","refusal":null}', 'null');
  }

  /** `piece` as JSON source without quotes, already in latin1. */
  content(piece: string): string {
    return this.choice(`{"content":"${piece}"}`, 'null');
  }

  finish(reason = 'stop'): string {
    return this.choice('{}', `"${reason}"`);
  }

  usage(numbers: UsageNumbers): string {
    const head = this.head.replace(',"usage":null', '');
    return `${head},"choices":[],"usage":${JSON.stringify(usageBody(numbers))}${this.stamp()}}\n\n`;
  }

  private choice(delta: string, reason: string): string {
    return `${this.head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${this.stamp()}}\n\n`;
  }

  private stamp(): string {
    if (!this.facts.stamps) return '';
    const since = this.sequence === 0 ? `,"since":"${this.facts.receivedAt}"` : '';
    return `,"mock":{"seq":${this.sequence++},"ns":"${process.hrtime.bigint()}"${since}}`;
  }
}

/** The n-th piece of an answer of any length, plain ASCII that needs no escaping. */
export function wordAt(index: number): string {
  return WORDS[index % WORDS.length] as string;
}

/** An answer that is not streamed. */
export function completionBody(facts: StreamFacts, content: string, usage: UsageNumbers, finishReason = 'stop'): string {
  const message = { role: 'assistant', content, refusal: null, annotations: [] };
  return JSON.stringify({
    id: facts.id,
    object: 'chat.completion',
    created: facts.created,
    model: facts.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage: usageBody(usage),
    service_tier: 'default',
    system_fingerprint: 'fp_mock',
    ...(facts.stamps ? { mock: { seq: 0, ns: String(process.hrtime.bigint()) } } : {}),
  });
}

/** OpenAI's error body. */
export function errorBody(message: string, type: string, code: string | null, param: string | null = null): string {
  return JSON.stringify({ error: { message, type, param, code } });
}

/** Text as JSON source with its quotes, its UTF-8 bytes as latin1 characters. */
export function latin1Json(text: string): string {
  return Buffer.from(JSON.stringify(text), 'utf8').toString('latin1');
}

function usageBody({ promptTokens, completionTokens }: UsageNumbers) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
