/** A credential that rests or is paused does so for every worker at once. */
import { test } from 'tap';
import { until } from './helpers/primary-process.js';
import { startRedis } from './helpers/redis.js';
import { chat, credentialOf, eachOf } from './helpers/requests.js';
import { turnsAre } from './helpers/turns.js';
import { build, configText, type GatewayUnderTest, startGateway, startMock } from './helpers/whole-gateway.js';

const SESSIONS = 40;

test('rests over workers', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  /** Which credential each session is on, by one request each over connections of their own. */
  const places = (gateway: GatewayUnderTest) =>
    eachOf(SESSIONS, 8, async (index) => credentialOf(await chat(gateway.origin, { session: `session ${index}` })));

  for (const [kind, workers] of [
    ['embedded', 4],
    ['redis', 4],
    ['redis', 1],
    ['embedded', 1],
  ] as const) {
    t.test(`${kind}, ${workers} workers`, async (t) => {
      const redis = kind === 'redis' ? await startRedis() : undefined;
      t.teardown(() => redis?.kill());
      const gateway = await startGateway(t, folder, configText({ mock, workers, redis: redis?.url }));

      t.test('after one 429 nobody uses the credential, and its sessions move once and together', async (t) => {
        await mock.reset();
        const before = await places(gateway);
        await turnsAre(t, [gateway], { k2: before.filter((place) => place === 'k2').length }, { k2: SESSIONS / 4 });
        await mock.strike({ key: 'sk-test-2', status: 429, retryAfter: 20 });
        const struck = before.indexOf('k2');
        const rescued = await chat(gateway.origin, { session: `session ${struck}` });
        t.not(credentialOf(rescued), 'k2', 'the client sees an answer');
        await until(async () => (await gateway.api('/api/credentials')).credentials[1].state === 'resting');
        const calls = (await mock.byKey())['sk-test-2'];
        const after = await places(gateway);
        t.same(await places(gateway), after, 'moved once');
        t.same(await places(gateway), after, 'on every worker');
        t.notOk(after.includes('k2'));
        t.equal(after[struck], credentialOf(rescued));
        const stayed = before.map((place, index) => place === 'k2' || place === after[index]);
        t.notOk(stayed.includes(false), 'others did not move');
        t.equal((await mock.byKey())['sk-test-2'], calls, 'it was not asked again');
        await mock.clearFaults();
      });

      t.test('pause takes a credential out of turn on every worker, resume brings it back', async (t) => {
        const before = await places(gateway);
        t.ok(before.includes('k3'));
        t.match(await gateway.api('/api/credentials/mock/k3/pause', 'POST'), { paused: true });
        const paused = await places(gateway);
        t.notOk(paused.includes('k3'));
        t.match((await gateway.api('/api/credentials')).credentials[2], { state: 'paused' });
        const others = await eachOf(40, 8, async () => credentialOf(await chat(gateway.origin)));
        t.notOk(others.includes('k3'));
        t.match(await gateway.api('/api/credentials/mock/k3/resume', 'POST'), { paused: false });
        const resumed = await eachOf(40, 8, async () => credentialOf(await chat(gateway.origin)));
        t.ok(resumed.includes('k3'));
        t.same(await places(gateway), paused, 'sessions that moved stay where they are');
      });

      t.test('a worker started while a credential is paused knows it', async (t) => {
        await gateway.api('/api/credentials/mock/k4/pause', 'POST');
        gateway.process.child.kill('SIGUSR2');
        await gateway.process.logged('rolling restart done');
        const got = await eachOf(60, 8, async () => credentialOf(await chat(gateway.origin)));
        t.notOk(got.includes('k4'));
        t.notOk((await places(gateway)).includes('k4'));
      });
    });
  }
});
