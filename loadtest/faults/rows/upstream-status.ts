/** U: upstreams that refuse, fail and lie by status. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openAi } from '../../conformance/clients/openai.js';
import { CANARIES } from '../canary.js';
import { ask } from '../client/ask.js';
import { atMost, equal, ok, until, withinMs } from '../expect.js';
import { FORMS, type Form, modelsFor } from '../gateway-config.js';
import { type FaultRow, pass } from '../row.js';
import { askAll, due, dueError, nameOf, strikeFirst, waysModels, waysOf } from './ways.js';

const _MB = 1024 * 1024;

const limitedKey: FaultRow = {
  id: 'U12',
  title: '429 with Retry-After: 2 on one key',
  promise:
    'Another key answers at once, and all workers leave the limited one alone for those 2 s. With every key limited the caller gets 429 and Retry-After.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...modelsFor('u12', { forms: ['chat'], credentials: 2 }), ...modelsFor('u12-all', { credentials: 2 })],
  async run(bench) {
    const { origin } = await bench.shared();
    const limit: Parameters<typeof bench.wall.on>[1] = (call) =>
      call.error(429, { code: 'rate_limit_exceeded' }, 'retry-after: 2');
    bench.wall.on('u12-chat-a', (call) => (call.credential === 'k1' ? limit(call) : call.healthy()));
    for (const form of FORMS) bench.wall.on(`u12-all-${form}-a`, limit);
    let struckAt = 0;
    await until('the limited key is met', async () => {
      due(await ask(origin, { model: 'u12-chat' }), 'complete', 'with another key free');
      struckAt = bench.wall.callsOf('u12-chat-a').find(({ credential }) => credential === 'k1')?.at ?? 0;
      return struckAt > 0;
    });
    // Other workers learn of the rest by a message: a moment is allowed.
    await sleep(100);
    const from = performance.now();
    let asked = 0;
    for (; performance.now() < struckAt + 1800; asked++)
      due(await ask(origin, { model: 'u12-chat' }), 'complete', 'during the rest');
    const during = bench.wall
      .callsOf('u12-chat-a')
      .filter(({ at, credential }) => credential === 'k1' && at > from && at < struckAt + 1900);
    equal(during.length, 0, 'attempts at the limited key while it rests');
    for (const form of FORMS) {
      const answer = await ask(origin, { form, model: `u12-all-${form}` });
      dueError(answer, 429, `${form}, every key limited`);
      const wait = Number(answer.headers['retry-after']);
      ok(wait >= 1 && wait <= 3, `${form}: Retry-After ${answer.headers['retry-after']}`);
    }
    return pass('rested on all workers', { 'requests during the rest': asked, 'attempts at it': during.length });
  },
};

interface Failing {
  readonly model: string;
  readonly status: number;
  /** What the client of a form is told. */
  readonly told: Readonly<Record<Form, number>>;
}

const FAILING: readonly Failing[] = [
  { model: 'u13-429', status: 429, told: { chat: 429, messages: 429, responses: 429 } },
  { model: 'u13-503', status: 503, told: { chat: 503, messages: 503, responses: 503 } },
  { model: 'u13-529', status: 529, told: { chat: 503, messages: 529, responses: 503 } },
];

const failing: FaultRow = {
  id: 'U13',
  title: '429 for ever; 500 once; 503 and 529 for ever',
  promise:
    'At most three attempts, then the class of error that the upstream named, with x-should-retry: false; a single 500 is never seen.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...FAILING.flatMap(({ model }) => modelsFor(model, { credentials: 6 })), ...waysModels('u13-once')],
  async run(bench) {
    const { origin } = await bench.shared();
    let most = 0;
    const gaps: number[] = [];
    for (const { model, status, told } of FAILING)
      for (const form of FORMS) {
        bench.wall.on(`${model}-${form}-a`, (call) => call.error(status));
        const answer = await ask(origin, { form, model: `${model}-${form}` });
        dueError(answer, told[form], `${status} for ever, ${form}`);
        equal(answer.headers['x-should-retry'], 'false', `${status} for ever, ${form}: x-should-retry`);
        if (status === 529 && form === 'messages') equal(answer.error?.type, 'overloaded_error', '529: type');
        const attempts = bench.wall.attemptsOf(answer.requestId);
        most = Math.max(most, attempts.length);
        for (const [index, { at }] of attempts.entries()) if (index > 0) gaps.push(at - (attempts[index - 1]?.at ?? 0));
      }
    ok(most >= 2 && most <= 3, `attempts: ${most}`);
    const ways = waysOf('u13-once');
    for (const { upstream } of ways) strikeFirst(bench.wall, upstream, (call) => call.error(500));
    await askAll(origin, ways, {}, (way, answer) => due(answer, 'complete', `500 once, ${nameOf(way)}`));
    return pass('bounded, and told as it was', { 'attempts at most': most, 'longest gap ms': Math.max(...gaps) });
  },
};

const rejected: FaultRow = {
  id: 'U14',
  title: '400: context too long, content filter',
  promise: 'One attempt, though other keys and targets are there; type, code and words arrive unchanged.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u14', { standIn: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u14');
    for (const code of ['context_length_exceeded', 'content_filter']) {
      for (const { upstream } of ways)
        bench.wall.on(upstream, (call) => call.error(400, { code, type: 'invalid_request_error', message: `No: ${code}.` }));
      for (const stream of [false, true])
        await askAll(origin, ways, { stream }, (way, answer) => {
          dueError(answer, 400, `${code}, ${nameOf(way)}`);
          equal(answer.error?.type, 'invalid_request_error', `${nameOf(way)}: type`);
          if (way.form !== 'messages') equal(answer.error?.code, code, `${nameOf(way)}: code`);
          equal(answer.error?.message, `No: ${code}.`, `${nameOf(way)}: message`);
          equal(bench.wall.attemptsOf(answer.requestId).length, 1, `${nameOf(way)}: attempts`);
        });
    }
    return pass('told unchanged at the first attempt', { attempts: 1 });
  },
};

const refusedKey: FaultRow = {
  id: 'U15',
  title: '401 or 403 for one key; for all',
  promise:
    'Another key answers and the refused one is left alone; with all refused the caller gets 502 or 503, never 401, and none of the provider’s words about the key.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [
    ...modelsFor('u15-401', { forms: ['chat', 'messages'], credentials: 2 }),
    ...modelsFor('u15-403', { forms: ['chat', 'messages'], credentials: 2 }),
    ...modelsFor('u15-all', { credentials: 2 }),
  ],
  async run(bench) {
    const { origin } = await bench.shared();
    let late = 0;
    for (const status of [401, 403])
      for (const form of ['chat', 'messages'] as const) {
        const name = `u15-${status}-${form}`;
        bench.wall.on(`${name}-a`, (call) => {
          if (call.credential !== 'k1') return call.healthy();
          call.error(status, { code: 'invalid_api_key', message: `Incorrect API key provided: ${call.key}.` });
        });
        for (let asked = 0; asked < 12; asked++)
          due(await ask(origin, { form, model: name }), 'complete', `${status} for one key, ${form}`);
        late += bench.wall.callsOf(`${name}-a`).filter(({ credential }) => credential === 'k1').length - 1;
      }
    atMost(late, 0, 'later attempts at refused keys');
    for (const form of FORMS) {
      bench.wall.on(`u15-all-${form}-a`, (call) =>
        call.error(401, { code: 'invalid_api_key', message: `Incorrect API key provided: ${call.key}.` }),
      );
      for (let asked = 0; asked < 3; asked++) {
        const answer = await ask(origin, { form, model: `u15-all-${form}` });
        dueError(answer, [502, 503, 529], `every key refused, ${form}`);
        ok(!answer.body.includes(CANARIES.upstreamKey.slice(0, 16)), 'the key is in the answer');
        ok(!answer.body.includes('Incorrect API key'), 'the provider’s words about the key are in the answer');
      }
    }
    return pass('left alone; told as the gateway’s own trouble', { 'later attempts at refused keys': late });
  },
};

const outage: FaultRow = {
  id: 'U25',
  title: 'down for a while, then back',
  promise:
    'Every request is served by the other target meanwhile, few attempts are wasted, and within 6 s of its return it serves again.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u25', { credentials: 2, standIn: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u25').slice(0, 1);
    const [way] = ways;
    ok(way !== undefined, 'a way');
    bench.wall.on(way.upstream, (call) => call.hangUp('reset'));
    const downUntil = performance.now() + 8_000;
    let asked = 0;
    for (; performance.now() < downUntil; asked++) {
      due(await ask(origin, { form: way.form, model: way.model, stream: asked % 2 === 0 }), 'complete', 'while it is down');
      await sleep(100);
    }
    const wasted = bench.wall.callsOf(way.upstream).length;
    bench.wall.heal(way.upstream);
    const back = await until(
      'it serves again',
      async () => {
        due(await ask(origin, { form: way.form, model: way.model }), 'complete', 'after its return');
        await sleep(50);
        return bench.wall.callsOf(way.upstream).some(({ outcome }) => outcome === 'completed');
      },
      10_000,
    );
    withinMs(back, 6_000, 'ms until it serves again');
    atMost(wasted, asked * 0.4, 'attempts wasted on it');
    return pass('served by the other target, and back', { requests: asked, 'attempts wasted': wasted, 'back after ms': back });
  },
};

/** Until it is plain that they are down: rests of 0.5, 1, 2 and 4 s. Milliseconds. */
const PLAIN_MS = 10_000;

const allDown: FaultRow = {
  id: 'U26',
  title: 'every key of a model is down',
  promise:
    'The caller soon gets 503 (Messages: 503 or 529) with Retry-After, and far fewer attempts go out than requests come in.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('u26', { credentials: 2 }),
  async run(bench) {
    const { origin } = await bench.shared();
    for (const form of FORMS) bench.wall.on(`u26-${form}-a`, (call) => call.error(503));
    // As a last resort they are asked until they have rested several times in a row.
    for (const until = performance.now() + PLAIN_MS; performance.now() < until; ) {
      for (const form of FORMS) dueError(await ask(origin, { form, model: `u26-${form}` }), [503, 529, 502], form);
      await sleep(200);
    }
    const before = bench.wall.callsOf('u26-*').length;
    const took: number[] = [];
    let asked = 0;
    let named = 0;
    for (; asked < 60; asked++) {
      const form = FORMS[asked % 3] as Form;
      const answer = await ask(origin, { form, model: `u26-${form}` });
      dueError(answer, [503, 529], form);
      if (answer.headers['retry-after'] !== undefined) named++;
      took.push(answer.totalMs);
    }
    const attempts = bench.wall.callsOf('u26-*').length - before;
    atMost(attempts, asked / 3, 'attempts for 60 requests');
    ok(named >= asked * 0.8, `Retry-After in ${named} of ${asked} answers`);
    took.sort((a, b) => a - b);
    withinMs(took[Math.floor(asked * 0.9)] ?? 0, 100, 'p90, ms');
    return pass('refused at once', { requests: asked, attempts, 'p50 ms': took[asked >> 1] ?? 0, 'with Retry-After': named });
  },
};

const fallbackRejects: FaultRow = {
  id: 'U27',
  title: 'the first target fails, and the stand-in rejects the request',
  promise: 'The caller gets the first target’s error: what a stand-in dislikes about the request is not the caller’s doing.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u27', { credentials: 1, standIn: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u27');
    for (const { upstream, standIn } of ways) {
      bench.wall.on(upstream, (call) => call.error(503, { message: 'The first is busy.' }));
      bench.wall.on(standIn, (call) => call.error(400, { message: 'The second knows no such model.', code: 'model_not_found' }));
    }
    await askAll(origin, ways, {}, (way, answer) => {
      dueError(answer, 503, nameOf(way));
      ok(answer.body.includes('The first is busy.'), `${nameOf(way)}: ${answer.body.slice(0, 120)}`);
    });
    return pass('told what the first said');
  },
};

/** Row C14, which needs the same failing upstreams. */
const clientRetries: FaultRow = {
  id: 'C14',
  title: 'client libraries retry on top of the gateway',
  promise:
    'When the gateway has spent its attempts it says so, and the official library, set to two retries, does not multiply them: three attempts, not nine.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('c14', { forms: ['chat', 'responses'], credentials: 9 }),
  async run(bench) {
    const { origin } = await bench.shared();
    const client = openAi({ origin, key: CANARIES.clientKey, fetch }).withOptions({ maxRetries: 2 });
    const calls = {
      chat: () => client.chat.completions.create({ model: 'c14-chat', messages: [{ role: 'user', content: 'once only' }] }),
      responses: () => client.responses.create({ model: 'c14-responses', input: 'once only' }),
    };
    const seen: Record<string, number> = {};
    for (const [form, call] of Object.entries(calls)) {
      bench.wall.on(`c14-${form}-a`, (failingCall) => failingCall.error(503));
      const failed = await call().then(
        () => false,
        () => true,
      );
      ok(failed, `${form}: the library took a failure for an answer`);
      seen[`attempts, ${form}`] = bench.wall.callsOf(`c14-${form}-a`).length;
      atMost(seen[`attempts, ${form}`] ?? 0, 3, `${form}: attempts`);
    }
    return pass('not multiplied', seen);
  },
};

export const STATUS_ROWS: readonly FaultRow[] = [
  limitedKey,
  failing,
  rejected,
  refusedKey,
  outage,
  allDown,
  fallbackRejects,
  clientRetries,
];
