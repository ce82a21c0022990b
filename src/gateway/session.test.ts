import fc from 'fast-check';
import { test } from 'tap';
import type { StickyConfig } from '../config.js';
import type { RoutingFields } from '../protocol/protocol.js';
import { sessionOf } from './session.js';

const STICKY: StickyConfig = { header: 'x-session-id', ttl: 3_600_000, maxSessions: 1000, promptPrefix: true };
const FIELDS: RoutingFields = { model: 'm', modelSpan: { start: 0, end: 3 }, stream: false };

const byHeader = (namespace: string, value: string) => sessionOf(namespace, value, FIELDS, STICKY);
const byHint = (namespace: string, sessionHint: string) => sessionOf(namespace, undefined, { ...FIELDS, sessionHint }, STICKY);
const byPrompt = (namespace: string, promptPrefix: string) =>
  sessionOf(namespace, undefined, { ...FIELDS, promptPrefix }, STICKY);

test('the header goes before the body, and the body before the prompt', async (t) => {
  const fields = { ...FIELDS, sessionHint: 'user:a', promptPrefix: '{"role":"user"}' };
  t.equal(sessionOf('n', 'h', fields, STICKY), byHeader('n', 'h'));
  t.equal(sessionOf('n', undefined, fields, STICKY), byHint('n', 'user:a'));
  t.equal(sessionOf('n', undefined, { ...fields, sessionHint: undefined }, STICKY), byPrompt('n', '{"role":"user"}'));
});

test('an empty header names no session', async (t) => {
  t.equal(sessionOf('n', '', FIELDS, STICKY), undefined);
  t.equal(sessionOf('n', '', { ...FIELDS, sessionHint: 'user:a' }, STICKY), byHint('n', 'user:a'));
});

test('a request that says nothing of itself is nobody’s', async (t) => {
  t.equal(sessionOf('n', undefined, FIELDS, STICKY), undefined);
});

test('the prompt names no session where that is switched off', async (t) => {
  t.equal(sessionOf('n', undefined, { ...FIELDS, promptPrefix: 'x' }, { ...STICKY, promptPrefix: false }), undefined);
});

test('the hash is short, safe in a Redis key, and says nothing of the name', async (t) => {
  t.match(byHeader('n', 'alice@example.com\r\n'), /^[\w-]{22}$/);
});

test('users whose names share their low bytes do not share a session', async (t) => {
  t.not(byHint('n', 'user:\u65e5'), byHint('n', 'user:\u00e5'));
  t.not(byHint('n', 'user:\u0161'), byHint('n', 'user:a'));
});

test('two sessions are the same only if caller, kind and value are', async () => {
  const kinds = { header: byHeader, hint: byHint, prompt: byPrompt };
  const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  // Header and prompt are bytes as latin1.
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 20,
  });
  const caller = fc.string({ unit: fc.constantFrom('a', 'b', 'h', 'e'), maxLength: 4 });
  const named = fc.oneof(
    fc.tuple(caller, fc.constantFrom<keyof typeof kinds>('header', 'prompt'), bytes),
    fc.tuple(caller, fc.constant<keyof typeof kinds>('hint'), value),
  );
  fc.assert(
    fc.property(named, named, ([callerA, kindA, a], [callerB, kindB, b]) => {
      const same = callerA === callerB && kindA === kindB && Buffer.from(a).equals(Buffer.from(b));
      return (kinds[kindA](callerA, a) === kinds[kindB](callerB, b)) === same;
    }),
  );
  fc.assert(fc.property(caller, bytes, (name, text) => new Set(Object.values(kinds).map((of) => of(name, text))).size === 3));
});
