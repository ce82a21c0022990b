/** H: bodies that are valid, or nearly, and expensive. */
import { ask, PATHS } from '../client/ask.js';
import { HealthProbe } from '../client/health-probe.js';
import { equal, ok, withinMs } from '../expect.js';
import { type Form, modelsFor } from '../gateway-config.js';
import { memoryOf } from '../memory.js';
import { type FaultRow, pass } from '../row.js';
import { due, waysModels, waysOf } from './ways.js';

const MB = 1024 * 1024;
/** Longest that the worker may be busy with one thing, milliseconds; the machine may be taken by others. */
const BUSY_MS = 700;

interface Posted {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

async function post(origin: string, form: Form, body: string | Buffer): Promise<Posted> {
  const began = performance.now();
  const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
  try {
    const answer = await fetch(origin + PATHS[form], { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
    return { status: answer.status, text: await answer.text(), ms: performance.now() - began };
  } catch (error) {
    return { status: 0, text: String((error as Error).cause ?? error), ms: performance.now() - began };
  }
}

function bodies(model: string): Readonly<Record<string, string | Buffer>> {
  const messages = '"messages":[{"role":"user","content":"hi"}],"max_tokens":10,"input":"hi"';
  const withField = (field: string): string => `{"model":"${model}",${messages},"metadata":${field}}`;
  const keys = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":0`).join(',');
  return {
    'a million levels of arrays': withField('['.repeat(1_000_000) + ']'.repeat(1_000_000)),
    'a million levels of objects': withField(`${'{"a":'.repeat(1_000_000)}0${'}'.repeat(1_000_000)}`),
    'a million levels, never closed': withField('['.repeat(1_000_000)),
    '8 MB of empty objects': withField(`[${'{},'.repeat(2_700_000)}{}]`),
    'a million keys': withField(`{${keys}}`),
    'a number of 1 MB': withField('1'.repeat(MB)),
    'an exponent': withField('1e999999999'),
    'duplicate keys': `{"model":"nobody","model":"${model}","stream":true,"stream":false,${messages},${messages}}`,
    'half a surrogate pair': `{"model":"${model}","messages":[{"role":"user","content":"\\ud83d"}],"max_tokens":10,"input":"\\ud83d"}`,
    'a byte order mark': `\ufeff{"model":"${model}",${messages}}`,
    'invalid UTF-8': Buffer.concat([
      Buffer.from(`{"model":"${model}","user":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`",${messages}}`),
    ]),
    nothing: '',
    null: 'null',
    'an array': '[]',
    'a string': '"model"',
    'half of it': `{"model":"${model}","messages":[{"role":`,
    'a trailing comma': `{"model":"${model}",${messages},}`,
    'NUL bytes': `{"model":"${model}",${messages}}\0\0\0`,
    'a model that is no text': `{"model":{"a":1},${messages}}`,
    'a stream that is no boolean': `{"model":"${model}","stream":"yes",${messages}}`,
  };
}

/** Megabytes go these ways alone: read, relayed, and converted by each of the readers. */
const HEAVY_WAYS = ['h12-chat', 'h12-chat-over-messages', 'h12-messages-over-chat', 'h12-responses-over-chat'];

const bombs: FaultRow = {
  id: 'H12',
  title: 'JSON: a million levels, keys, empty objects; duplicate keys, half pairs, marks',
  promise:
    'A refusal, or what a provider would make of it; never a failure of the gateway’s own, and others wait less than 0.7 s.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  alone: true,
  boundSeconds: 150,
  async run(bench) {
    const ways = waysOf('h12', { converted: true });
    const gateway = await bench.startGateway({
      models: waysModels('h12', { converted: true }),
      workers: 1,
      // The wall reads megabytes too, in this process.
      config: { timeouts: { headers: '15s', firstToken: '15s', idle: '15s', total: '30s' } },
    });
    const pids = gateway.workers();
    for (const { form, model } of ways) due(await ask(gateway.origin, { form, model }), 'complete', 'to warm up');
    const memory = memoryOf(pids);
    const probe = new HealthProbe(gateway.origin);
    bench.onEnd(() => probe.end());
    let [slowest, longest, asked] = [0, 0, 0];
    const worst = { ms: '', wait: '' };
    for (const way of ways)
      for (const [name, body] of Object.entries(bodies(way.model))) {
        if (body.length > MB / 2 && !HEAVY_WAYS.includes(way.model)) continue;
        const { status, ms, text } = await post(gateway.origin, way.form, body);
        const waited = await probe.longest();
        // A body that would take too long to read is refused as overload (503, in Messages 529).
        ok(
          status === 200 || (status >= 400 && status < 500) || status === 503 || status === 529,
          `${name}, ${way.model}: ${status} ${text.slice(0, 100)}`,
        );
        if (ms > slowest) [slowest, worst.ms] = [ms, `${name}, ${way.model}`];
        if (waited > longest) [longest, worst.wait] = [waited, `${name}, ${way.model}`];
        asked++;
      }
    const growth = memory.stop();
    equal(gateway.workers(), pids, 'workers');
    withinMs(longest, BUSY_MS, `ms that others waited for ${worst.wait}`);
    return pass(`slowest: ${worst.ms}`, {
      inputs: asked,
      'slowest ms': slowest,
      'others waited at most ms': longest,
      'growth MB': growth / MB,
    });
  },
};

const POLLUTED = 'polluted-by-a-client';

const pollution: FaultRow = {
  id: 'H13',
  title: '__proto__ and constructor in bodies, tools and metadata',
  promise: 'They stay data: no later request, answer or error carries anything of them.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('h13', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('h13', { converted: true });
    const evil = JSON.parse(
      `{"__proto__":{"${POLLUTED}":1,"stream":true,"model":"${POLLUTED}"},"constructor":{"prototype":{"${POLLUTED}":1}}}`,
    ) as object;
    const schema = JSON.parse(
      `{"type":"object","properties":{"__proto__":{"type":"string","${POLLUTED}":1},"constructor":{"type":"string"}}}`,
    ) as object;
    for (const { form, model } of ways) {
      const tool = { name: 'look', description: 'x', parameters: schema, input_schema: schema };
      const tools =
        form === 'chat'
          ? [{ type: 'function', function: tool }]
          : form === 'messages'
            ? [{ name: 'look', input_schema: schema }]
            : [{ type: 'function', ...tool }];
      const own = Object.fromEntries([['__proto__', evil]]);
      Object.defineProperty(own, '__proto__', { value: { [POLLUTED]: 1, model: POLLUTED }, enumerable: true });
      const answer = await ask(origin, { form, model, more: { ...own, tools, metadata: { user_id: 'u', constructor: 'x' } } });
      ok(answer.status === 200 || answer.status === 400, `${model}: ${answer.status}`);
    }
    bench.wall.forget('h13-*');
    for (const { form, model } of ways) {
      const answer = await ask(origin, { form, model });
      due(answer, 'complete', `${model}, afterwards`);
      ok(!answer.body.includes(POLLUTED), 'an answer carries it');
    }
    for (const { request } of bench.wall.callsOf('h13-*'))
      ok(!(request.body + request.head).includes(POLLUTED), 'a later request carries it');
    return pass('stayed data', { ways: ways.length });
  },
};

const CRAFTED: Readonly<Record<string, string>> = {
  spaces: `${' '.repeat(MB)}x`,
  tabs: `${'\t '.repeat(MB / 2)}x`,
  'line ends': `${'\r\n'.repeat(MB / 2)}x`,
  'data lines': 'data: '.repeat(MB / 6),
  'letter a': `${'a'.repeat(MB)}!`,
  'stars and dots': `${'*.'.repeat(MB / 2)}x`,
  brackets: '[[(('.repeat(MB / 4),
  backslashes: '\\'.repeat(MB),
  'looks like keys': 'sk-'.repeat(MB / 3),
};

const expressions: FaultRow = {
  id: 'H14',
  title: '1 MB of crafted text wherever a pattern may look at it',
  promise: 'Others wait less than 0.7 s: no pattern takes more than linear time.',
  length: 'quick',
  needs: ['own-gateway'],
  alone: true,
  boundSeconds: 150,
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('h14'), workers: 1 });
    const { origin } = gateway;
    due(await ask(origin, { model: 'h14-chat' }), 'complete', 'to warm up');
    const probe = new HealthProbe(origin);
    bench.onEnd(() => probe.end());
    let [longest, asked] = [0, 0];
    let worst = '';
    const watch = async (name: string, act: () => Promise<unknown>): Promise<void> => {
      await act();
      const waited = await probe.longest();
      if (waited > longest) [longest, worst] = [waited, name];
      asked++;
    };
    for (const [name, text] of Object.entries(CRAFTED)) {
      const header =
        text
          .replaceAll(/[\r\n]/g, ' ')
          .slice(0, 12_000)
          .trim() || 'x';
      const base = { model: 'h14-chat', messages: [{ role: 'user', content: text }], input: text, max_tokens: 5 };
      await watch(`${name} as prompt`, () => post(origin, 'chat', JSON.stringify(base)));
      await watch(`${name} as prompt of Messages`, () =>
        post(origin, 'messages', JSON.stringify({ ...base, model: 'h14-messages' })),
      );
      await watch(`${name} as model`, () => post(origin, 'chat', JSON.stringify({ ...base, model: text })));
      await watch(`${name} as user`, () =>
        post(origin, 'chat', JSON.stringify({ ...base, user: text, metadata: { user_id: text } })),
      );
      await watch(`${name} as key`, () => ask(origin, { model: 'h14-chat', key: header, text: null }));
      await watch(`${name} as session`, () => ask(origin, { model: 'h14-chat', session: header, text: null }));
      bench.wall.on('h14-responses-a', (call) => call.error(400, { message: text.slice(0, 60_000) }));
      await watch(`${name} as an upstream's error`, () => ask(origin, { form: 'responses', model: 'h14-responses' }));
      bench.wall.on('h14-responses-a', (call) => {
        const script = call.openStream();
        call.chunk(
          `${script.opening()}data: ${Buffer.from(text).toString('latin1')}\n\n${script.tokens(3)}${script.closing()}${script.done()}`,
        );
        call.endStream();
      });
      await watch(`${name} in an upstream's stream`, () =>
        ask(origin, { form: 'responses', model: 'h14-responses', stream: true }),
      );
    }
    withinMs(longest, BUSY_MS, `ms that others waited for ${worst}`);
    return pass(`longest: ${worst}`, { inputs: asked, 'others waited at most ms': longest });
  },
};

export const JSON_ATTACK_ROWS: readonly FaultRow[] = [bombs, pollution, expressions];
