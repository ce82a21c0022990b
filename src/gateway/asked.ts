/** CONVERT: in which form an upstream is asked, and the body to ask it with. */
import { randomUUID } from 'node:crypto';
import type { ChosenCredential } from '../credential/types.js';
import { GatewayError } from '../errors.js';
import { type ConvertedRequest, convertRequest } from '../protocol/convert/request.js';
import type { AnswerContext } from '../protocol/middle/answer.js';
import { isSealed } from '../protocol/middle/proof.js';
import type { ConversionAnswer, ConversionTask } from '../threads/conversion-task.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import type { RequestContext } from './context.js';
import { onThread } from './on-thread.js';
import { OFF_LOOP_FROM } from './read-fields.js';
import { CHAT_COMPLETIONS, MESSAGES, RESPONSES, type Route } from './route.js';
import type { UpstreamEntry } from './upstream-table.js';
import { withModel } from './with-model.js';

/** What goes to the upstream. */
export interface Asked {
  /** Path and form of the request and of its answer. */
  readonly route: Route;
  /** Taken by who sends it: a stream may last half an hour, and nothing asks for it again. */
  body: Buffer | undefined;
  /** What the client's answer must be written with; absent: bytes pass untouched. */
  readonly answer?: AnswerContext;
  readonly dropped?: readonly string[];
}

/** A promise only for a body that is large and must be converted. @throws GatewayError 400 for what cannot be expressed. */
export function askedOf(
  context: RequestContext,
  choice: ChosenCredential,
  upstream: UpstreamEntry,
  threads: OffLoop | undefined,
): Asked | Promise<Asked> {
  const body = context.body ?? Buffer.alloc(0);
  const route = formOf(context.route, upstream);
  if (route === context.route && !isSealed(body)) return { route, body: withModel(body, context.fields, choice.model) };
  const converted = convert(context.route, route, body, choice.model, threads);
  return converted instanceof Promise ? converted.then((one) => asked(route, one)) : asked(route, converted);
}

/** An upstream asked in the client's own form where it can be, so that nothing is lost. */
function formOf(route: Route, { config, offers }: UpstreamEntry): Route {
  if (config.protocol === 'anthropic') {
    if (route.maker === 'anthropic') return route;
    if (route.dialect) return MESSAGES;
    throw new GatewayError('unsupported_value', 'The upstream of this model does not offer this.', { param: 'model' });
  }
  if (!route.dialect) return route;
  if (config.api === 'responses') return RESPONSES;
  return config.api === 'auto' && route === RESPONSES && offers.responses ? RESPONSES : CHAT_COMPLETIONS;
}

function asked(route: Route, { body, dropped, hints }: ConvertedRequest): Asked {
  const answerId = randomUUID().replaceAll('-', '');
  const answer = { ...hints, answerId, createdAt: Math.floor(Date.now() / 1000) };
  return { route, body: Buffer.from(body), dropped, answer };
}

function convert(from: Route, to: Route, body: Buffer, model: string, threads: OffLoop | undefined) {
  if (threads === undefined || body.length < OFF_LOOP_FROM) return convertHere(from, to, body, model);
  return convertElsewhere(from, to, body, model, threads);
}

function convertHere(from: Route, to: Route, body: Buffer, model: string): ConvertedRequest {
  if (!from.dialect || !to.dialect) throw new GatewayError('internal_error', 'A request was to be converted that has no form.');
  return convertRequest(from.dialect, to.dialect, body.toString('utf8'), model);
}

async function convertElsewhere(
  from: Route,
  to: Route,
  body: Buffer,
  model: string,
  threads: OffLoop,
): Promise<ConvertedRequest> {
  const task: ConversionTask = { from: nameOf(from), to: nameOf(to), body, model };
  const answer = await onThread<Extract<ConversionAnswer, { ok: true }>>(threads, 'convertBody', task);
  return answer?.converted ?? convertHere(from, to, body, model);
}

function nameOf({ dialect }: Route): ConversionTask['from'] {
  if (!dialect) throw new GatewayError('internal_error', 'A request was to be converted that has no form.');
  return dialect.name;
}
