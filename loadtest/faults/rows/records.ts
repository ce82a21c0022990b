/** L: what logs and metrics say, and what they must not. */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { CANARIES } from '../canary.js';
import { childrenOf } from '../children.js';
import { type Answer, ask, PATHS } from '../client/ask.js';
import { RawStream, rawRequest } from '../client/raw-stream.js';
import { speak } from '../client/speak.js';
import { atMost, equal, ok, quantile, until, withinMs } from '../expect.js';
import { FORMS, type Form, modelsFor, ONE_CLIENT } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { leakedAnswers, leaksIn } from '../leaks.js';
import { type FaultRow, pass } from '../row.js';
import { errorEvent } from '../wall/answers.js';
import { begin, due, waysModels, waysOf } from './ways.js';

/** Requests with a canary in every place, answered well, by an error that repeats it, by a cut, by a stall and by nobody. */
async function stirUp(bench: Bench, gateway: { origin: string; port: number }, id: string): Promise<Answer[]> {
  const ways = waysOf(id, { converted: true });
  const answers: Answer[] = [];
  const kinds = ['fine', 'repeats', 'cut', 'event', 'reset'] as const;
  let [at, asked] = [0, 0];
  for (const { upstream } of ways)
    bench.wall.on(upstream, (call) => {
      const kind = kinds[at % kinds.length];
      if (kind === 'repeats') return call.error(500, { message: `I was given ${call.key}` });
      if (kind === 'reset') return call.hangUp('reset');
      if (kind === 'fine' || !call.streamed) return call.healthy();
      begin(call, 3);
      if (kind === 'event') call.chunk(errorEvent(call.form).replace(/"message":"[^"]*"/, `"message":"given ${call.key}"`));
      call.hangUp('fin');
    });
  for (; at < kinds.length; at++)
    for (const { form, model } of ways) {
      const call = {
        id: 'call_1',
        type: 'function',
        function: { name: 'look', arguments: `{"at":"${CANARIES.toolArguments}"}` },
      };
      const history =
        form === 'chat'
          ? {
              messages: [
                { role: 'user', content: CANARIES.prompt },
                { role: 'assistant', tool_calls: [call] },
                { role: 'tool', tool_call_id: 'call_1', content: CANARIES.toolArguments },
              ],
            }
          : {};
      answers.push(
        await ask(gateway.origin, { form, model, stream: asked++ % 3 > 0, session: CANARIES.session, more: history, text: null }),
      );
    }
  for (const form of FORMS) {
    const wish = { form, model: `${id}-${form}` };
    await speak(
      gateway.port,
      rawRequest(wish, 'Connection: close').replace(PATHS[form], `${PATHS[form]}?trace=${CANARIES.query}`),
    );
    await speak(gateway.port, rawRequest({ ...wish, key: `${CANARIES.clientKey}x` }, 'Connection: close'));
    await speak(
      gateway.port,
      `POST ${PATHS[form]} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer ${CANARIES.clientKey}\r\nContent-Length: 40\r\n\r\n{"model":"${CANARIES.prompt}`,
      { finish: true, patience: 500 },
    );
    await ask(gateway.origin, { form, model: CANARIES.prompt });
  }
  return answers;
}

const canaries: FaultRow = {
  id: 'L1',
  title: 'marked keys, prompts, tool arguments, sessions and queries, through this and every other row of the run',
  promise:
    'None is found in output, log, metrics, admin answers, error answers or the process list: not whole, not in base64, not nine letters of it.',
  length: 'quick',
  needs: ['shared-gateway', 'own-gateway', 'linux'],
  models: waysModels('l1', { converted: true }),
  alone: true,
  // What the others stirred up is looked at too.
  last: true,
  async run(bench) {
    const gateway = await bench.sharedProcess();
    const answers = await stirUp(bench, gateway, 'l1');
    await bench.site.hear(gateway);
    const processes = [gateway.pid, ...childrenOf(gateway.pid)]
      .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      .join(' ');
    const texts = [...bench.site.heard, { from: 'the process list', text: processes }];
    const found = texts.flatMap(({ from, text }) => leaksIn(text).map((name) => `${name} in ${from}`));
    for (const { outcome, body, headers } of answers)
      if (outcome !== 'complete')
        found.push(...leaksIn(body + JSON.stringify(headers), ['prompt']).map((name) => `${name} in an answer`));
    found.push(...leakedAnswers.map((where) => `a key in an answer of ${where}`));
    equal([...new Set(found)], [], 'found');
    const megabytes = texts.reduce((sum, { text }) => sum + text.length, 0) / 1024 / 1024;
    return pass('none found', { requests: answers.length, texts: texts.length, 'MB looked through': megabytes, found: 0 });
  },
};

const NASTY = [
  'a\r\n{"level":60,"msg":"forged"}',
  '\x1b[31mred\x1b[0m',
  'line\u2028paragraph\u2029',
  '{"level":60,"msg":"forged"}',
  '\0null',
  '%0a%0dforged',
  '"},"forged":{"',
];

const injection: FaultRow = {
  id: 'L2',
  title: 'line ends, escape sequences and forged records in models, sessions, user agents and upstream errors',
  promise: 'Every line of the log is one record as JSON, with nothing in it that a terminal would act on.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('l2') }, { env: { LOG_LEVEL: 'trace' } });
    for (const form of FORMS) {
      bench.wall.on(`l2-${form}-a`, (call) => call.error(500, { message: NASTY.join(' '), code: NASTY[0], type: NASTY[3] }));
      for (const text of NASTY) {
        await ask(gateway.origin, { form, model: text });
        await ask(gateway.origin, { form, model: `l2-${form}`, more: { user: text, metadata: { user_id: text } } });
        const safe = text.replaceAll(/[\r\n\0]/g, ' ');
        const latin = Buffer.from(safe).toString('latin1');
        await speak(
          gateway.port,
          rawRequest(
            { form, model: `l2-${form}` },
            `User-Agent: ${latin}`,
            `x-session-id: ${latin}`,
            `x-request-id: ${latin}`,
            'Connection: close',
          ),
        );
        await speak(
          gateway.port,
          `POST /v1/${encodeURI(text)} HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
        );
      }
    }
    for (const line of gateway.stderr) {
      ok(line === '' || isRecord(line), `no record: ${line.slice(0, 150)}`);
      ok(!/[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]/.test(line), `raw control characters: ${JSON.stringify(line.slice(0, 150))}`);
    }
    const forged = gateway.log().filter(({ msg, forged: key }) => msg === 'forged' || key !== undefined);
    equal(forged.length, 0, 'forged records');
    return pass('one record a line', { lines: gateway.stderr.length, forged: 0 });
  },
};

function isRecord(line: string): boolean {
  try {
    return typeof (JSON.parse(line) as { msg?: unknown }).msg === 'string';
  } catch {
    return false;
  }
}

const FLOOD_MS = 4_000;

const flood: FaultRow = {
  id: 'L3',
  title: 'a flood of failing requests',
  promise: 'The log does not grow with them: fewer than 20 lines a second, and health is answered meanwhile.',
  length: 'quick',
  needs: ['own-gateway'],
  alone: true,
  async run(bench) {
    const gateway = await bench.startGateway({
      models: modelsFor('l3', { forms: ['chat'], credentials: 4 }),
      config: { clients: ONE_CLIENT },
    });
    bench.wall.on('l3-chat-a', (call) => call.error(500, { message: 'flooded' }));
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    bench.onEnd(() => agent.destroy());
    const before = gateway.stderr.length;
    const end = performance.now() + FLOOD_MS;
    const wishes = [{ model: 'l3-chat' }, { model: 'nobody' }, { model: 'l3-chat', key: 'sk-wrong' }];
    const health: number[] = [];
    let asked = 0;
    const lane = async (_: unknown, index: number): Promise<void> => {
      for (let turn = index; performance.now() < end; turn++, asked++)
        await ask(gateway.origin, { ...(wishes[turn % 3] as { model: string }), agent, text: null });
    };
    const probe = async (): Promise<void> => {
      while (performance.now() < end) {
        const began = performance.now();
        await (await fetch(`${gateway.origin}/health`)).text();
        health.push(performance.now() - began);
        await sleep(25);
      }
    };
    await Promise.all([...Array.from({ length: 24 }, lane), probe()]);
    await sleep(300);
    const lines = gateway.stderr.length - before;
    atMost(lines / (FLOOD_MS / 1000), 20, 'lines a second');
    withinMs(quantile(health, 0.9), 500, 'p90 of health, ms');
    return pass('bounded', {
      'requests a second': (asked / FLOOD_MS) * 1000,
      'lines a second': lines / (FLOOD_MS / 1000),
      'p90 health ms': quantile(health, 0.9),
    });
  },
};

const MANY = 3_000;

const labels: FaultRow = {
  id: 'L4',
  title: `${MANY} different models, users, sessions and paths`,
  promise: 'The number of series stays: what is not in the configuration is counted under one name.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const models = [
      ...modelsFor('l4', { forms: ['chat'] }),
      { model: '*', places: [{ upstream: 'l4-any', form: 'chat' as const }] },
    ];
    const gateway = await bench.startGateway({ models });
    const series = async (): Promise<number> =>
      (await (await fetch(`${gateway.admin}/metrics`)).text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
        .length;
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    bench.onEnd(() => agent.destroy());
    const one = async (index: number): Promise<void> => {
      const more = { user: `user-${index}` };
      await ask(gateway.origin, {
        model: `model-${index}`,
        session: `session-${index}`,
        more,
        agent,
        headers: { 'user-agent': `agent-${index}` },
        text: null,
      });
      if (index % 10 === 0) await fetch(`${gateway.origin}/v1/path-${index}`, { method: 'POST' }).then((answer) => answer.text());
    };
    for (let index = 0; index < 60; index++) await one(index);
    const before = await series();
    let next = 60;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < MANY; index = next++) await one(index);
    };
    await Promise.all(Array.from({ length: 12 }, lane));
    const after = await series();
    atMost(after - before, 60, 'series more than before');
    return pass('bounded', { 'series before': before, 'series after': after, values: MANY });
  },
};

const INSIDE = 'Traceback (most recent call last):\\n  File \\"/srv/inside/app.py\\", line 7';

const upstreamWords: FaultRow = {
  id: 'L5',
  title: 'upstream errors with keys, stacks and addresses in them; connections that fail',
  promise:
    'A client never gets a key, and of a connection that fails neither host nor port. An upstream’s own words on a failed request are passed on without what is ours in them; pages and stacks that are no error of its API are not.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [
    ...modelsFor('l5-text', { credentials: 6 }),
    ...modelsFor('l5-page', { credentials: 6 }),
    ...FORMS.map((form) => ({
      model: `l5-refused-${form}`,
      places: [{ upstream: `l5-refused-${form}-a`, form, baseUrl: 'http://127.0.0.1:1' }],
    })),
  ],
  async run(bench) {
    const { origin } = await bench.shared();
    let answers = 0;
    for (const form of FORMS)
      for (const stream of [true, false]) {
        bench.wall.on(`l5-text-${form}-a`, (call) => call.error(500, { message: `It broke with ${call.key} in hand.` }));
        bench.wall.on(`l5-page-${form}-a`, (call) => call.answer(500, `<pre>${INSIDE} ${call.key}</pre>`, 'server: inside-7'));
        for (const kind of ['text', 'page', 'refused']) {
          const { body, headers } = await ask(origin, { form, stream, model: `l5-${kind}-${form}` });
          const told = body + JSON.stringify(headers);
          equal(leaksIn(told, ['prompt']), [], `${kind}, ${form}`);
          ok(
            !/Traceback|\/srv\/inside|inside-7|ECONNREFUSED|127\.0\.0\.1:1\b|<pre>/.test(told),
            `${kind}, ${form}: ${body.slice(0, 200)}`,
          );
          ok(!told.includes(`:${bench.wall.port}`), `${kind}, ${form}: the upstream's address`);
          answers++;
        }
      }
    return pass('nothing of the inside', { answers });
  },
};

/** How a request of row L6 is meant to end, as its client saw it. */
type Ending = 'complete' | 'error' | 'in-band-error' | 'aborted';

const accounts: FaultRow = {
  id: 'L6',
  title: 'every way to end: complete, refused, failed, retried, cut, aborted',
  promise: 'Each request is counted once when it ends, under the outcome that its client saw; the sums agree.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const models = [
      ...modelsFor('l6'),
      ...modelsFor('l6-down'),
      ...modelsFor('l6-cut'),
      ...modelsFor('l6-once', { credentials: 4 }),
      ...modelsFor('l6-slow'),
    ];
    const gateway = await bench.startGateway({ models });
    const seen: Record<Ending, number> = { complete: 0, error: 0, 'in-band-error': 0, aborted: 0 };
    for (const form of FORMS) {
      bench.wall.on(`l6-down-${form}-a`, (call) => call.error(500));
      bench.wall.on(`l6-cut-${form}-a`, (call) => {
        begin(call, 5);
        call.hangUp('fin');
      });
      bench.wall.on(`l6-once-${form}-a`, (call) =>
        bench.wall.attemptsOf(call.requestId).length === 1 ? call.error(500) : call.healthy(),
      );
      bench.wall.on(`l6-slow-${form}-a`, (call) => call.healthy({ tokens: 2_000, pause: 10 }));
    }
    for (let round = 0; round < 4; round++) for (const form of FORMS) await endEachWay(gateway, form, seen);
    const total = Object.values(seen).reduce((sum, count) => sum + count, 0);
    await until('all are counted', async () => (await gateway.metric('tidegate_requests_total')) >= total, 5_000);
    const counted = {
      complete: await gateway.metric('tidegate_requests_total', 'outcome="ok"'),
      error: await gateway.metric('tidegate_requests_total', 'outcome="error"'),
      'in-band-error': await gateway.metric('tidegate_requests_total', 'outcome="incomplete"'),
      aborted: await gateway.metric('tidegate_requests_total', 'outcome="aborted"'),
    };
    equal(await gateway.metric('tidegate_requests_total'), total, 'requests counted');
    equal(counted, seen, 'by outcome');
    return pass('the sums agree', { requests: total, ...seen, mismatch: 0 });
  },
};

async function endEachWay(gateway: GatewayProcess, form: Form, seen: Record<Ending, number>): Promise<void> {
  const wishes = [
    { model: `l6-${form}`, stream: true },
    { model: `l6-${form}` },
    { model: `l6-once-${form}`, stream: true },
    { model: `l6-down-${form}` },
    { model: `l6-cut-${form}`, stream: true },
    { model: 'l6-nobody' },
  ];
  for (const wish of wishes) {
    const { outcome } = await ask(gateway.origin, { form, ...wish });
    ok(outcome === 'complete' || outcome === 'error' || outcome === 'in-band-error', `${wish.model}: ${outcome}`);
    seen[outcome]++;
  }
  const client = new RawStream(gateway.port, { form, model: `l6-slow-${form}`, stream: true });
  await client.has('word2');
  client.leave('reset');
  seen.aborted++;
}

const verbose: FaultRow = {
  id: 'L7',
  title: 'the most verbose log',
  promise: 'Still none of the marks of row L1.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway(
      {
        models: waysModels('l7', { converted: true }),
        config: { clients: ONE_CLIENT, admin: { port: 0, key: CANARIES.adminKey } },
      },
      { env: { LOG_LEVEL: 'trace' } },
    );
    due(await ask(gateway.origin, { model: 'l7-chat' }), 'complete', 'to begin with');
    const answers = await stirUp(bench, gateway, 'l7');
    const texts = [gateway.logs, gateway.stdout.join('\n')];
    for (const path of ['/metrics', '/api/attempts', '/api/sessions', '/api/config', '/api/usage', '/api/credentials'])
      texts.push(await (await fetch(gateway.admin + path, { headers: { authorization: `Bearer ${CANARIES.adminKey}` } })).text());
    equal([...new Set(texts.flatMap((text) => leaksIn(text)))], [], 'found');
    return pass('none found', { requests: answers.length, 'lines of the log': gateway.stderr.length, found: 0 });
  },
};

export const RECORD_ROWS: readonly FaultRow[] = [canaries, injection, flood, labels, upstreamWords, accounts, verbose];
