/** Errors: the library's own class and the client's own shape, before the first byte and after it. */
import { PLAIN_TEXT } from '../../mock/script/compose.js';
import { type Cell, fetchFor } from '../cell.js';
import { equal, includes, ok } from '../expect.js';
import { BOTH, type Feature, STREAM, WHOLE } from '../feature.js';
import { createClient } from '../kinds.js';
import type { ClientKind, Refusal } from '../words.js';

/** What a library throws for a status; the ai library has one class for all. */
const CLASSES: Record<number, RegExp> = {
  400: /^BadRequestError$/,
  401: /^AuthenticationError$/,
  404: /^NotFoundError$/,
  429: /^RateLimitError$/,
  // The Anthropic library has classes of its own for these two, as the types of their bodies say.
  503: /^(InternalServer|ServiceUnavailable|Overloaded)Error$/,
  529: /^OverloadedError$/,
};

function mustBe({ className, status, message }: Refusal, wanted: number, kind: ClientKind): void {
  equal(status, wanted, `status (${message.slice(0, 80)})`);
  const named = kind.sdk === 'ai' ? /APICallError/ : (CLASSES[wanted] ?? /^InternalServerError$/);
  ok(named.test(className), `class: ${className}, not ${named.source}`);
}

/** An error status of the upstream; `wanted`: what the client must see. */
function upstreamStatus(
  id: string,
  title: string,
  statusOf: (cell: Cell) => number,
  wanted: (cell: Cell, status: number) => number[],
): Feature {
  return {
    ...{ id, title, modes: BOTH, harmful: true },
    run: async (cell) => {
      const status = statusOf(cell);
      const refusal = await cell.refusal(`[[status ${status}]]`);
      const allowed = wanted(cell, status);
      ok(
        refusal.status !== undefined && allowed.includes(refusal.status),
        `status: ${refusal.status}, not ${allowed.join(' or ')} (${refusal.message.slice(0, 80)})`,
      );
      mustBe(refusal, refusal.status, cell.kind);
      if (status === 429) ok(cell.header('retry-after') !== null, 'no retry-after');
    },
  };
}

export const ERROR_FEATURES: readonly Feature[] = [
  {
    id: 'error-400',
    title: 'error 400 of the provider, with its words',
    modes: BOTH,
    run: async (cell) => {
      const refusal = await cell.refusal('[[status 400]]');
      mustBe(refusal, 400, cell.kind);
      includes(refusal.message, 'Status 400 as asked', 'message');
    },
  },
  {
    id: 'error-field',
    title: 'error 400 of the target itself',
    modes: WHOLE,
    exceptions: [{ sdk: 'ai', outcome: 'n/a', why: 'the ai library sends no such request' }],
    run: async (cell) => mustBe(await cell.refusal('[[text]]', { temperature: 'hot' as unknown as number }), 400, cell.kind),
  },
  {
    id: 'error-401',
    title: 'error 401: a wrong key',
    modes: WHOLE,
    run: async (cell) => {
      const { origin } = cell.target;
      const way = fetchFor(cell.target, cell.upstream);
      const other = createClient(cell.kind, { origin, key: 'sk-wrong-key-0123456789', fetch: way });
      const stranger = Object.assign(Object.create(Object.getPrototypeOf(cell)) as Cell, cell, { client: other });
      mustBe(await stranger.refusal('[[text]]'), 401, cell.kind);
    },
  },
  {
    id: 'error-404',
    title: 'error 404: no such model',
    modes: WHOLE,
    run: async (cell) => mustBe(await cell.refusal('[[text]]', { model: 'mock-no-such-model' }), 404, cell.kind),
  },
  upstreamStatus(
    'error-429',
    'error 429',
    () => 429,
    () => [429],
  ),
  upstreamStatus(
    'error-529',
    'error 529 / 503: overloaded',
    ({ upstream }) => (upstream === 'messages' ? 529 : 503),
    // Only Messages knows 529.
    ({ kind }) => (kind.protocol === 'messages' ? [529, 503] : [503]),
  ),
  {
    id: 'error-mid-stream',
    title: 'error in mid-stream',
    modes: STREAM,
    harmful: true,
    run: async (cell) => {
      const { text, message } = await cell.refusal('[[error mid-stream]]');
      ok(text !== '' && PLAIN_TEXT.startsWith(text), `words before it: '${text}' (${message.slice(0, 100)})`);
      ok(!/ended without|terminated|premature|no choice/i.test(message), `not the provider's error: ${message}`);
    },
  },
  {
    id: 'overloaded-200',
    title: 'overload hidden in a 200',
    modes: BOTH,
    harmful: true,
    run: async (cell) => {
      const { text, status, message } = await cell.refusal('[[overloaded in 200]]');
      equal(text, '', 'words');
      if (cell.target.own) ok((status ?? 0) >= 500, `status: ${status} (${message.slice(0, 80)})`);
    },
  },
];
