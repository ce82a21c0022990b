/** U: streams that are cut, stall, lie or never end. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../client/ask.js';
import { atMost, equal, ok, until, withinMs } from '../expect.js';
import { FORMS, LIMIT_MS, type ModelWish } from '../gateway-config.js';
import { memoryOf } from '../memory.js';
import { type FaultRow, pass } from '../row.js';
import { errorEvent, Script, wholeBody } from '../wall/answers.js';
import { askAll, begin, due, dueError, nameOf, textOf, waysModels, waysOf } from './ways.js';

const SAID = 40;

const cut: FaultRow = {
  id: 'U6',
  title: 'cut after 40 of 60 tokens, politely and by reset',
  promise: 'What was said arrives, then an error in the stream at once, and a proper end: a cut answer never looks finished.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...waysModels('u6', { converted: true }), ...waysModels('u6-reset', { converted: true })],
  async run(bench) {
    const { origin } = await bench.shared();
    const cutAt = new Map<string, number>();
    let slowest = 0;
    for (const [id, how] of [
      ['u6', 'fin'],
      ['u6-reset', 'reset'],
    ] as const) {
      const ways = waysOf(id, { converted: true });
      for (const { upstream } of ways)
        bench.wall.on(upstream, async (call) => {
          begin(call, SAID);
          await sleep(100);
          cutAt.set(call.requestId, performance.now());
          call.hangUp(how);
        });
      await askAll(origin, ways, { stream: true }, (way, answer) => {
        due(answer, 'in-band-error', `${how}, ${nameOf(way)}`);
        equal(answer.read?.text, textOf(SAID), `${how}, ${nameOf(way)}: text`);
        slowest = Math.max(slowest, performance.now() - (cutAt.get(answer.requestId) ?? 0));
      });
    }
    withinMs(slowest, 1000, 'ms from the cut to the error');
    return pass('18 cut streams ended in an error', { 'slowest ms after the cut': slowest, 'taken for whole': 0 });
  },
};

const stall: FaultRow = {
  id: 'U7',
  title: 'stalls in the middle of a stream',
  promise: 'An error in the stream at the idle limit, the connection to the upstream destroyed, others served meanwhile.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u7', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u7', { converted: true });
    for (const { upstream } of ways) bench.wall.on(upstream, (call) => begin(call, SAID));
    const meanwhile = (async () => {
      for (const form of FORMS) due(await ask(origin, { form, model: `bystander-${form}` }), 'complete', 'a bystander');
    })();
    let slowest = 0;
    await askAll(origin, ways, { stream: true }, (way, answer) => {
      due(answer, 'in-band-error', nameOf(way));
      withinMs(answer.totalMs, LIMIT_MS.idle + LIMIT_MS.slack, `${nameOf(way)}: ms`);
      slowest = Math.max(slowest, answer.totalMs);
    });
    await meanwhile;
    await until(
      'the stalled connections are closed',
      () => bench.wall.callsOf('u7-*').every(({ socket }) => socket.destroyed),
      2000,
    );
    return pass('ended at the idle limit', { 'slowest ms': slowest, 'idle limit ms': LIMIT_MS.idle, 'connections left': 0 });
  },
};

const closeDelimited: FaultRow = {
  id: 'U8',
  title: 'an HTTP/1.0 stream whose end is the end of the connection',
  promise: 'Whole, it is an answer; cut, it ends in an error although HTTP shows no difference.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u8', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u8', { converted: true });
    for (const [whole, outcome] of [
      [true, 'complete'],
      [false, 'in-band-error'],
    ] as const) {
      for (const { upstream } of ways)
        bench.wall.on(upstream, (call) => {
          const script = new Script(call.form);
          call.raw('HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n');
          call.raw(whole ? script.whole() : script.opening() + script.tokens(SAID));
          call.hangUp('fin');
        });
      await askAll(origin, ways, { stream: true }, (way, answer) =>
        due(answer, outcome, `${whole ? 'whole' : 'cut'}, ${nameOf(way)}`),
      );
    }
    return pass('told apart every way', { ways: ways.length });
  },
};

const BROKEN_EVENT = 'data: {"choices":[{"index":0,"delta":{"content": broken\n\n';

const brokenJson: FaultRow = {
  id: 'U9',
  title: 'one event of a stream is no JSON',
  promise: 'Relayed untouched where nothing is converted; else left out, or the stream ends in an error. The gateway goes on.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u9', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u9', { converted: true });
    for (const { upstream } of ways)
      bench.wall.on(upstream, (call) => {
        const script = call.openStream();
        call.chunk(
          script.opening() + script.tokens(SAID) + BROKEN_EVENT + script.tokens(20, SAID) + script.closing() + script.done(),
        );
        call.endStream();
      });
    await askAll(origin, ways, { stream: true }, (way, answer) => {
      const { form, over } = way;
      if (form === over) {
        due(answer, 'complete', nameOf(way));
        ok(answer.body.includes(BROKEN_EVENT.trim()), `${nameOf(way)}: the event was changed`);
      } else ok(['complete', 'in-band-error'].includes(answer.outcome), `${nameOf(way)}: ${answer.outcome}`);
    });
    due(await ask(origin, { model: 'bystander-chat' }), 'complete', 'afterwards');
    return pass('relayed where nothing is converted, told where something is');
  },
};

const noLastEvent: FaultRow = {
  id: 'U10',
  title: 'a stream without its last event',
  promise:
    'Over within a second of the upstream’s end. Where the finish reason was said the text is whole, and converted answers get the end that their form has; where nothing said that it was finished, it is an error.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u10', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u10', { converted: true });
    for (const { upstream } of ways)
      bench.wall.on(upstream, (call) => {
        const script = call.openStream();
        call.chunk(script.opening() + script.tokens(60) + script.closing());
        call.endStream();
      });
    let slowest = 0;
    const seen: Record<string, number> = {};
    await askAll(origin, ways, { stream: true }, (way, answer) => {
      slowest = Math.max(slowest, answer.totalMs);
      seen[answer.outcome] = (seen[answer.outcome] ?? 0) + 1;
      equal(answer.read?.text, textOf(), `${nameOf(way)}: text`);
      // Relayed bytes are not added to: a chat client does without [DONE], and one of Messages has the stop reason.
      const allowed =
        way.form === way.over && way.over !== 'responses' ? ['silent-end', 'in-band-error'] : ['complete', 'in-band-error'];
      ok(allowed.includes(answer.outcome), `${nameOf(way)}: ${answer.outcome}`);
      if (way.over === 'responses') due(answer, 'in-band-error', nameOf(way));
    });
    withinMs(slowest, 1500, 'ms');
    return pass('ended at once', { 'slowest ms': slowest, ...seen });
  },
};

const firstEventError: FaultRow = {
  id: 'U16',
  title: 'status 200, and the first event is an error',
  promise: 'As nothing has been said yet, the next target answers and the caller sees nothing of it.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u16', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u16', { converted: true });
    for (const { upstream } of ways)
      bench.wall.on(upstream, (call) => {
        if (bench.wall.attemptsOf(call.requestId).length > 1) return call.healthy();
        call.openStream();
        call.chunk(errorEvent(call.form));
        call.endStream();
      });
    await askAll(origin, ways, { stream: true }, (way, answer) => {
      due(answer, 'complete', nameOf(way));
      equal(bench.wall.attemptsOf(answer.requestId).length, 2, `${nameOf(way)}: attempts`);
    });
    return pass('failed over every way', { ways: ways.length });
  },
};

const lateError: FaultRow = {
  id: 'U17',
  title: 'an error event after output began',
  promise: 'The caller gets what was said and one error; no second attempt, no second beginning.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u17', { converted: true, standIn: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u17', { converted: true });
    for (const { upstream } of ways)
      bench.wall.on(upstream, (call) => {
        begin(call, SAID);
        call.chunk(errorEvent(call.form));
        call.endStream();
      });
    await askAll(origin, ways, { stream: true }, (way, answer) => {
      due(answer, 'in-band-error', nameOf(way));
      equal(answer.read?.starts, 1, `${nameOf(way)}: beginnings`);
      equal(answer.read?.text, textOf(SAID), `${nameOf(way)}: text`);
      equal(bench.wall.attemptsOf(answer.requestId).length, 1, `${nameOf(way)}: attempts`);
    });
    return pass('one error, one attempt, every way', { ways: ways.length, duplicates: 0 });
  },
};

const MB = 1024 * 1024;
const LINE_BYTES = 64 * MB;
const PIECE = 'x'.repeat(64 * 1024);

const endless: FaultRow = {
  id: 'U24',
  title: 'a line of 64 MB without an end; a stream that never ends',
  promise: 'Relayed, memory stays flat; converted, the stream ends in an error at the bound for one event.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  alone: true,
  boundSeconds: 100,
  async run(bench) {
    const models: ModelWish[] = [
      { model: 'u24', places: [{ upstream: 'u24-a', form: 'chat' }] },
      { model: 'u24-converted', places: [{ upstream: 'u24-b', form: 'messages' }] },
      { model: 'u24-endless', places: [{ upstream: 'u24-c', form: 'chat' }] },
    ];
    for (const upstream of ['u24-a', 'u24-b'])
      bench.wall.on(upstream, async (call) => {
        const script = call.openStream();
        call.chunk(`${script.opening()}${script.tokens(5)}data: {"filler":"`);
        for (let sent = 0; sent < LINE_BYTES && !call.socket.destroyed; sent += PIECE.length)
          if (!call.chunk(PIECE)) await drained(call.socket);
        call.chunk(`"}\n\n${script.closing()}${script.done()}`);
        call.endStream();
      });
    bench.wall.on('u24-c', async (call) => {
      const script = call.openStream();
      call.chunk(script.opening());
      const events = script.tokens(60).repeat(20);
      while (!call.socket.destroyed) if (!call.chunk(events)) await drained(call.socket);
    });
    const gateway = await bench.startGateway({ models, workers: 1, config: { timeouts: { total: '12s' } } });
    due(await ask(gateway.origin, { model: 'u24', stream: true, text: textOf(5) }), 'complete', 'to warm up');
    const memory = memoryOf(gateway.workers());
    const relayed = await ask(gateway.origin, { model: 'u24', stream: true, text: textOf(5) });
    due(relayed, 'complete', 'a line of 64 MB, relayed');
    ok(relayed.body.length > LINE_BYTES, 'all of the line arrives');
    const lineGrowth = memory.peakGrowth();
    const converted = await ask(gateway.origin, { model: 'u24-converted', stream: true });
    due(converted, 'in-band-error', 'a line of 64 MB, converted');
    const endlessOne = await askDiscarding(gateway.origin);
    const growth = memory.stop();
    ok(endlessOne.ended, 'the endless stream was ended at the limit for the whole request');
    atMost(growth / MB, 96, 'growth of memory, MB');
    return pass('flat memory, an error where it is converted', {
      'growth MB, relayed line': lineGrowth / MB,
      'growth MB, all': growth / MB,
      'endless stream MB': endlessOne.bytes / MB,
    });
  },
};

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      socket.off('drain', over).off('close', over);
      resolve();
    };
    socket.on('drain', over).on('close', over);
  });
}

/** The endless stream, counted and not kept. */
async function askDiscarding(origin: string): Promise<{ bytes: number; ended: boolean }> {
  const answer = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'u24-endless', stream: true, messages: [{ role: 'user', content: 'for ever' }] }),
    signal: AbortSignal.timeout(40_000),
  });
  let bytes = 0;
  try {
    for await (const piece of answer.body ?? []) bytes += piece.length;
    return { bytes, ended: true };
  } catch {
    return { bytes, ended: false };
  }
}

const wrongLength: FaultRow = {
  id: 'U11',
  title: 'Content-Length longer or shorter than the body; bytes behind the end',
  promise:
    'A 502 or the answer of another attempt; the connection is not used again, and nobody gets the bytes that were too many.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...waysModels('u11'), ...waysModels('u11-long'), ...waysModels('u11-more')],
  async run(bench) {
    const { origin } = await bench.shared();
    const intruder = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"evil":1}';
    for (const form of FORMS) {
      const body = wholeBody(form);
      const head = (length: number): string =>
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
      bench.wall.on(`u11-${form}-a`, (call) => void call.raw(head(body.length - 20) + body));
      bench.wall.on(`u11-long-${form}-a`, (call) => {
        call.raw(head(body.length + 50) + body);
        call.hangUp('fin');
      });
      bench.wall.on(`u11-more-${form}-a`, (call) => void call.raw(head(body.length) + body + intruder));
      dueError(await ask(origin, { form, model: `u11-${form}` }), 502, `${form}: too short`);
      dueError(await ask(origin, { form, model: `u11-long-${form}` }), 502, `${form}: too long`);
      for (let round = 0; round < 3; round++) {
        const answer = await ask(origin, { form, model: `u11-more-${form}` });
        due(answer, 'complete', `${form}: bytes behind the end`);
        ok(!answer.body.includes('evil'), 'bytes of one answer came with another');
      }
      bench.wall.heal(`u11-${form}-a`);
    }
    const again = bench.wall
      .callsOf('u11-*')
      .filter((spoilt) =>
        bench.wall.calls.some(({ connection, turn }) => connection === spoilt.connection && turn > spoilt.turn),
      );
    equal(again.length, 0, 'spoilt connections that were used again');
    return pass('502 where the body is not whole, nothing bled', { bled: 0 });
  },
};

export const STREAM_ROWS: readonly FaultRow[] = [
  cut,
  stall,
  closeDelimited,
  brokenJson,
  noLastEvent,
  firstEventError,
  lateError,
  endless,
  wrongLength,
];
