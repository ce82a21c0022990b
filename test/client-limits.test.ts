/** Limits of clients and caps of credentials as clients meet them: exact over all workers, whatever happens to workers and clients. */
import { request } from 'node:http';
import { test } from 'tap';
import { type GatewayProcess, gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { alive, kill, until } from './helpers/primary-process.js';
import { startRedis } from './helpers/redis.js';
import { type Answer, chat, eachOf, send } from './helpers/requests.js';
import { choicesMadeAlone } from './helpers/turns.js';

const KEY = (name: string) => `sk-client-${name}-0123456789`;
const price = { input: 10, output: 10 };
const models = [{ name: '*', targets: [{ upstream: 'main' }], price }];
/** One that holds its slot for as long as the test needs. */
const LONG = 'mock-paced-4000x50';

function clientOf(name: string, limits: object): object {
  return { name, key: KEY(name), ...limits };
}

function count(answers: readonly Answer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

/** A stream that runs until `leave` is called. */
async function hold(gateway: GatewayProcess, key: string, most?: number): Promise<{ readonly status: number; leave(): void }> {
  const messages = [{ role: 'user', content: `hold ${Math.random()}` }];
  const body = JSON.stringify({ model: LONG, stream: true, max_tokens: most, messages });
  const sent = request(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': body.length },
  });
  sent.on('error', () => {});
  const status = await new Promise<number>((resolve) => {
    sent.once('response', (response) => {
      response.on('error', () => {});
      // Its first bytes are content: the upstream is at work for it.
      response.once('data', () => resolve(response.statusCode ?? 0)).resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('close', () => resolve(0));
    sent.end(body);
  });
  return { status, leave: () => sent.destroy() };
}

interface UsageAnswer {
  readonly usage: readonly { readonly client: string; readonly requests: number; readonly input: number; readonly usd: number }[];
  readonly clients: readonly {
    readonly client: string;
    readonly requests: { readonly used: number };
    readonly tokens: { readonly used: number };
    readonly slots: { readonly used: number };
    readonly budget: { readonly spent: number; readonly left: number };
  }[];
}

async function usageOf(gateway: GatewayProcess): Promise<UsageAnswer> {
  return JSON.parse((await send(`${gateway.adminUrl}/api/usage`, { method: 'GET' })).text);
}

for (const store of ['embedded', 'redis'] as const)
  test(`client limits over all workers, ${store}`, async (t) => {
    const redis = store === 'redis' ? await startRedis() : undefined;
    t.teardown(() => redis?.kill());
    const mock = await startMock(t);
    const clients = [
      clientOf('rpm', { rpm: 20 }),
      clientOf('slots', { concurrency: 5 }),
      clientOf('tokens', { tpm: 3_000 }),
      clientOf('poor', { budget: { usd: 0.06, per: 'month' } }),
      clientOf('free', {}),
    ];
    const config = gatewayConfig(mock.url, {
      server: { workers: 3 },
      ...{ clients, models, store: redis ? { url: redis.url } : {} },
    });
    const gateway = await startGateway(t, config);
    // With Redis two gateways share everything; without, one has it all.
    const gateways = redis ? [gateway, await startGateway(t, config)] : [gateway];
    const gatewayAt = (index: number) => gateways[index % gateways.length] ?? gateway;
    const urlOf = (index: number) => gatewayAt(index).url;
    const slack = async () => (redis ? await choicesMadeAlone(gateways) : 0);

    let countedAt = 0;
    await t.test('rpm: of three times as many at once exactly as many get through', async (t) => {
      countedAt = performance.now();
      const answers = await eachOf(60, 60, (index) => chat(urlOf(index), { key: KEY('rpm') }));
      const through = count(answers, 200);
      const alone = await slack();
      t.ok(through >= 20 - alone && through <= 20 + alone, `${through} of 20, ${alone} decided alone`);
      t.equal(count(answers, 429), 60 - through);
      const refused = answers.find(({ status }) => status === 429);
      t.match(JSON.parse(refused?.text ?? '{}'), { error: { code: 'rate_limit_exceeded' } });
      t.ok(Number(refused?.headers['retry-after']) >= 1 && Number(refused?.headers['retry-after']) <= 62);
      t.ok(Number(refused?.headers['retry-after-ms']) > 0);
      t.equal(refused?.headers['x-ratelimit-limit-requests'], '20');
      t.equal(refused?.headers['x-ratelimit-remaining-requests'], '0');
      t.match(refused?.headers['x-ratelimit-reset-requests'], /^(\d+m)?[\d.]+m?s$/);
      const messages = await send(`${gateway.url}/v1/messages`, {
        headers: { 'x-api-key': KEY('rpm') },
        body: { model: 'mock-instant', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] },
      });
      t.match(JSON.parse(messages.text), { type: 'error', error: { type: 'rate_limit_error' } });
      t.equal(messages.headers['anthropic-ratelimit-requests-limit'], '20');
      t.match(messages.headers['anthropic-ratelimit-requests-reset'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    await t.test('concurrency: no more than the cap at once; free after aborts', async (t) => {
      const race = await Promise.all(Array.from({ length: 30 }, (_, index) => hold(gatewayAt(index), KEY('slots'))));
      const held = race.filter(({ status }) => status === 200);
      const alone = await slack();
      t.ok(held.length >= 5 - alone && held.length <= 5 + alone, `${held.length} of 5, ${alone} decided alone`);
      t.equal(race.filter(({ status }) => status === 429).length, 30 - held.length);
      for (const { leave } of held) leave();
      const five = () => Promise.all(Array.from({ length: 5 }, (_, index) => chat(urlOf(index), { key: KEY('slots') })));
      await until(async () => count(await five(), 200) === 5);
      t.pass('slots are back after aborts');
      let refused = 0;
      for (let round = 0; round < 20; round++) refused += count(await five(), 429);
      t.ok(refused <= 5 * (await slack()), `${refused} refused: an answer that is over holds nothing`);
    });

    if (!redis)
      await t.test('concurrency: free after the death of the worker that held them', async (t) => {
        const held = await Promise.all(Array.from({ length: 5 }, () => hold(gateway, KEY('slots'))));
        t.ok(held.every(({ status }) => status === 200));
        const workers = gateway.workers();
        for (const pid of workers) kill(pid);
        await until(() => workers.every((pid) => !alive(pid)));
        const all = () =>
          Promise.all(Array.from({ length: 5 }, () => chat(gateway.url, { key: KEY('slots') }).catch(() => undefined)));
        await until(async () => (await all()).every((answer) => answer?.status === 200));
        for (const { leave } of held) leave();
        t.pass('all five are there again');
      });

    await t.test('tpm: guessed first, settled by what the upstream counted', async (t) => {
      const first = await chat(gateway.url, { key: KEY('tokens'), more: { max_tokens: 2_500 } });
      t.equal(first.status, 200, first.text);
      const { usage } = JSON.parse(first.text) as { usage: { total_tokens: number } };
      t.ok(Number(first.headers['x-ratelimit-remaining-tokens']) < 500, 'the guess is reserved');
      await until(async () =>
        (await usageOf(gateway)).clients.some(({ client, tokens }) => client === 'tokens' && tokens.used === usage.total_tokens),
      );
      const second = await chat(gateway.url, { key: KEY('tokens'), more: { max_tokens: 2_500 } });
      t.equal(second.status, 200, 'what was not used is there again');
      const race = await Promise.all(Array.from({ length: 10 }, (_, index) => hold(gatewayAt(index), KEY('tokens'), 2_500)));
      const through = race.filter(({ status }) => status === 200).length;
      t.ok(through >= 1 && through <= 1 + (await slack()), `${through} at once`);
      for (const { leave } of race) leave();
    });

    await t.test('budget: stops when it is spent, without an invitation to try again', async (t) => {
      const answers: Answer[] = [];
      for (let index = 0; index < 40; index++)
        answers.push(await chat(urlOf(index), { key: KEY('poor'), more: { max_tokens: 2_000 } }));
      const last = answers.at(-1);
      t.equal(answers[0]?.status, 200, answers[0]?.text ?? '');
      const wide = await chat(gateway.url, { key: KEY('poor'), prompt: 'x'.repeat(20_000), more: { max_tokens: 2_000 } });
      t.equal(wide.status, 429, `${last?.status}: dearer than what is left`);
      t.match(JSON.parse(wide.text), { error: { code: 'insufficient_quota' } });
      t.equal(wide.headers['x-should-retry'], 'false');
      const { clients } = await usageOf(gateway);
      const poor = clients.find(({ client }) => client === 'poor');
      t.ok(poor && poor.budget.spent > 0 && poor.budget.spent + poor.budget.left <= 0.06 + 1e-9, JSON.stringify(poor));
    });

    await t.test('a client without limits is told none and stopped by none', async (t) => {
      const answers = await eachOf(60, 30, (index) => chat(urlOf(index), { key: KEY('free') }));
      t.equal(count(answers, 200), 60);
      t.notOk(answers.some(({ headers }) => headers['x-ratelimit-limit-requests'] !== undefined));
    });

    await t.test('a reload changes limits and keeps counts', async (t) => {
      const wider = clients.map((client) => ('rpm' in client ? { ...client, rpm: 25 } : client));
      for (const each of gateways) {
        each.write({ ...config, clients: wider });
        each.child.kill('SIGHUP');
      }
      await until(async () => {
        const answer = await chat(gateway.url, { key: KEY('rpm') });
        return answer.headers['x-ratelimit-limit-requests'] === '25';
      });
      const answers = await eachOf(40, 20, () => chat(gateway.url, { key: KEY('rpm') }));
      // On a machine so slow that the minute is over, the counts are too.
      if (performance.now() - countedAt < 55_000) t.ok(count(answers, 200) <= 5 + (await slack()), `${count(answers, 200)} more`);
    });

    if (redis)
      await t.test('usage is kept over a restart', async (t) => {
        const ofFree = ({ usage }: UsageAnswer) => usage.filter(({ client }) => client === 'free');
        const requestsOf = (answer: UsageAnswer) => ofFree(answer).reduce((sum, { requests }) => sum + requests, 0);
        // The other gateway tells what it has once a second.
        await until(async () => requestsOf(await usageOf(gateway)) === 60);
        const before = ofFree(await usageOf(gateway));
        t.ok(before.every(({ input, usd }) => input > 0 && usd > 0));
        for (const each of gateways) await each.stop();
        const next = await startGateway(t, config);
        t.same(ofFree(await usageOf(next)), before);
      });
  });

test('caps of credentials: never more in flight, over aborts, workers that die and sessions', async (t) => {
  const mock = await startMock(t);
  const upstream = {
    name: 'main',
    protocol: 'openai',
    baseUrl: mock.url,
    concurrency: 2,
    credentials: [
      { id: 'k1', key: 'sk-upstream-one' },
      { id: 'k2', key: 'sk-upstream-two', concurrency: 3 },
    ],
  };
  const config = gatewayConfig(mock.url, { server: { workers: 3, exposeAttempts: true }, upstreams: [upstream] });
  const gateway = await startGateway(t, config);
  const inFlight = async () => (await mock.stats()).maxInFlightByKey as Record<string, number>;

  const race = await Promise.all(Array.from({ length: 20 }, () => hold(gateway, 'sk-any')));
  t.equal(race.filter(({ status }) => status === 200).length, 5);
  const full = await chat(gateway.url);
  t.equal(full.status, 503, full.text);
  t.ok(full.headers['retry-after']);
  for (const { leave } of race.slice(0, 10)) leave();
  await until(
    async () => (await chat(gateway.url)).status === 200 || race.slice(10).filter(({ status }) => status === 200).length === 5,
  );
  for (const pid of gateway.workers()) kill(pid);
  await until(async () =>
    (await Promise.all(Array.from({ length: 5 }, () => chat(gateway.url).catch(() => undefined)))).every(
      (answer) => answer?.status === 200,
    ),
  );
  for (const { leave } of race) leave();

  const session = 'a-session';
  const home = (await chat(gateway.url, { session })).headers['x-gateway-credential'];
  const holders = await Promise.all(Array.from({ length: 3 }, async () => hold(gateway, 'sk-any')));
  const spread = await eachOf(12, 4, () => chat(gateway.url, { session }));
  t.ok(spread.every(({ status }) => status === 200 || status === 503));
  for (const { leave } of holders) leave();
  await until(async () => {
    const answer = await chat(gateway.url, { session });
    return answer.headers['x-gateway-credential'] === home;
  });
  t.pass('a session that was served elsewhere while its credential was full is at home again');

  await eachOf(60, 20, () => chat(gateway.url, { model: 'mock-paced-4x5', stream: true }));
  const most = await inFlight();
  t.ok((most['sk-upstream-one'] ?? 0) <= 2 && (most['sk-upstream-two'] ?? 0) <= 3, JSON.stringify(most));
});
