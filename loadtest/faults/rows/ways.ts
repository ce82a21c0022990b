/** What many rows have in common: each client form over each upstream form, and faults that strike a request's first attempt. */
import { type Answer, type AskWish, ask, type Outcome, tell } from '../client/ask.js';
import { Unmet } from '../expect.js';
import { FORMS, type Form, type ModelWish, type Place } from '../gateway-config.js';
import { TOKENS, tokensOf } from '../wall/answers.js';
import type { Call } from '../wall/call.js';
import type { Answerer, Wall } from '../wall/wall.js';

/** A client's form and the upstream's that it is served by. */
export interface Way {
  readonly form: Form;
  readonly over: Form;
  readonly model: string;
  /** On the wall: the first choice, and its stand-in where there is one. */
  readonly upstream: string;
  readonly standIn: string;
}

export interface WaysWish {
  /** Also where the forms differ. */
  readonly converted?: boolean;
  readonly credentials?: number;
  readonly standIn?: boolean;
}

export function waysOf(id: string, { converted = false }: WaysWish = {}): Way[] {
  const pairs = FORMS.flatMap((form) => FORMS.map((over) => [form, over] as const)).filter(
    ([form, over]) => converted || form === over,
  );
  return pairs.map(([form, over]) => {
    const model = form === over ? `${id}-${form}` : `${id}-${form}-over-${over}`;
    return { form, over, model, upstream: `${model}-a`, standIn: `${model}-b` };
  });
}

/** The models that `waysOf` asks for; credentials are plenty, so that one which rests takes nothing away. */
export function waysModels(id: string, wish: WaysWish = {}): ModelWish[] {
  const { credentials = 4, standIn = false } = wish;
  return waysOf(id, wish).map(({ over, model, upstream, standIn: second }) => {
    const places: Place[] = [{ upstream, form: over, credentials, priority: 1 }];
    if (standIn) places.push({ upstream: second, form: over, credentials, priority: 2 });
    return { model, places };
  });
}

export function nameOf({ form, over }: Way): string {
  return form === over ? form : `${form} over ${over}`;
}

/** The fault strikes the first attempt of each request; the next is answered well. */
export function strikeFirst(wall: Wall, upstream: string, fault: Answerer): void {
  wall.on(upstream, (call) => (wall.attemptsOf(call.requestId).length === 1 ? fault(call) : call.healthy()));
}

/** @throws Unmet with the way and the answer in words. */
export function due(answer: Answer, outcome: Outcome, what: string): void {
  if (answer.outcome !== outcome) throw new Unmet(`${what}: ${tell(answer)}, where ${outcome} was due`);
}

/** The gateway's error in the client's own shape. */
export function dueError(answer: Answer, status: number | readonly number[], what: string): void {
  due(answer, 'error', what);
  const wanted = typeof status === 'number' ? [status] : status;
  if (!wanted.includes(answer.status)) throw new Unmet(`${what}: ${tell(answer)}, not ${wanted.join(' or ')}`);
  if (!answer.error) throw new Unmet(`${what}: ${answer.status} is not in the client's shape: ${answer.body.slice(0, 150)}`);
}

/** Opens a stream and says its first `count` tokens. */
export function begin(call: Call, count: number): void {
  const script = call.openStream();
  call.chunk(script.opening() + script.tokens(count));
}

/** The text of the first `count` tokens. */
export function textOf(count = TOKENS): string {
  return tokensOf(count).join('');
}

/** One request each way, all at the same time. */
export function askAll(
  origin: string,
  ways: readonly Way[],
  more: Partial<AskWish>,
  judge: (way: Way, answer: Answer) => void,
): Promise<unknown> {
  return Promise.all(
    ways.map(async (way) => {
      const answer = await ask(origin, { form: way.form, model: way.model, ...more });
      judge(way, answer);
    }),
  );
}
