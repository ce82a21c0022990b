/** Requests over Node's plain client, on connections that the test chooses, and loads made of them. */
import { Agent, type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';

/** Generous: the machine may be busy. Milliseconds. */
const PATIENCE = 30_000;

export interface Wish {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  /** Absent: a connection of its own. */
  readonly agent?: Agent;
  /** Told of each piece as it comes. */
  readonly onText?: (piece: string) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Rejects when the connection fails, is cut within the answer or is silent for half a minute. */
export function send(url: string, { method = 'POST', body, headers = {}, agent, onText }: Wish = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
    const length = { 'content-length': String(Buffer.byteLength(payload)) };
    const sent: ClientRequest = request(url, { method, headers: { ...typed, ...length }, agent: agent ?? false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        onText?.(piece);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.setTimeout(PATIENCE, () => sent.destroy(new Error('silent')));
    sent.on('error', reject);
    sent.end(payload);
  });
}

export interface ChatWish extends Omit<Wish, 'body'> {
  readonly model?: string;
  readonly stream?: boolean;
  /** Sent as `x-session-id`. */
  readonly session?: string;
  /** The client's key. */
  readonly key?: string;
  readonly prompt?: string;
  /** More of the body. */
  readonly more?: object;
}

let asked = 0;

/** One chat completion. Without a session it is nobody's: its prompt is its own. */
export function chat(origin: string, wish: ChatWish = {}): Promise<Answer> {
  const { model = 'mock-instant', stream = false, session, key, prompt = `question ${asked++}`, more, ...rest } = wish;
  const body = { model, stream, messages: [{ role: 'user', content: prompt }], ...more };
  const named: Record<string, string> = {
    ...(session !== undefined && { 'x-session-id': session }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  return send(`${origin}/v1/chat/completions`, { ...rest, body, headers: { ...named, ...rest.headers } });
}

/** Which credential answered. */
export function credentialOf(answer: Answer): string {
  const header = answer.headers['x-gateway-credential'];
  if (answer.status !== 200 || typeof header !== 'string') throw new Error(`${answer.status}: ${answer.text.slice(0, 300)}`);
  return header;
}

export function isWhole(answer: Answer): boolean {
  return answer.status === 200 && answer.text.endsWith('data: [DONE]\n\n');
}

/** Runs `task` for 0 … count-1, at most `width` at a time; answers in order. */
export async function eachOf<Value>(count: number, width: number, task: (index: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next++;
      values[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return values;
}

/** Streams that run until they end by themselves; `started` resolves when each has had its first event. */
export function openStreams(origin: string, count: number, wish: ChatWish) {
  let begun = 0;
  let allBegun = () => {};
  const started = new Promise<void>((resolve) => {
    allBegun = resolve;
  });
  const ends = Array.from({ length: count }, () => {
    let first = true;
    const onText = () => {
      if (first && ++begun === count) allBegun();
      first = false;
    };
    return chat(origin, { stream: true, ...wish, onText }).then(
      (answer) => ({ answer, error: undefined }),
      (error: Error) => ({ answer: undefined, error }),
    );
  });
  return { started, ended: Promise.all(ends) };
}

/** Short requests and streams, on kept and on fresh connections, one after another in each lane until stopped. */
export class ClosedLoop {
  readonly failures: string[] = [];
  /** Longest request, milliseconds. */
  slowest = 0;
  count = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #origins: readonly string[];
  readonly #lanes: Promise<void>[];
  #stopped = false;

  constructor(origins: readonly string[], lanes: number, wish: ChatWish = {}) {
    this.#origins = origins;
    this.#lanes = Array.from({ length: lanes }, (_, index) => this.#lane(index, wish));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
    this.#agent.destroy();
  }

  async #lane(index: number, wish: ChatWish): Promise<void> {
    const agent = index % 2 === 0 ? this.#agent : undefined;
    const stream = index % 4 > 1;
    for (let round = 0; !this.#stopped; round++) {
      const origin = this.#origins[round % this.#origins.length] ?? '';
      const session = `loop-${index}-${round % 3 === 0 ? round : 'kept'}`;
      await this.#one(origin, { session, stream, agent, ...(stream && { model: 'mock-paced-10x5' }), ...wish });
    }
  }

  async #one(origin: string, wish: ChatWish): Promise<void> {
    const began = performance.now();
    try {
      const answer = await chat(origin, wish);
      const good = wish.stream ? isWhole(answer) : answer.status === 200 && answer.text.includes('"choices"');
      if (!good) this.failures.push(`${answer.status} ${answer.text.slice(-200)}`);
    } catch (error) {
      this.failures.push(String(error));
    }
    this.count++;
    this.slowest = Math.max(this.slowest, performance.now() - began);
  }
}
