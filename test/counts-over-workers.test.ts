/** What the admin port tells is the sum over all workers, right after the traffic and after a death. */
import { test } from 'tap';
import { kill } from './helpers/primary-process.js';
import { chat, credentialOf, eachOf } from './helpers/requests.js';
import { build, configText, startGateway, startMock } from './helpers/whole-gateway.js';

/** Live workers are asked this often; a killed one takes at most so much with it. Milliseconds. */
const REFRESH = 5_000;

test('counts over workers', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);
  const gateway = await startGateway(t, folder, configText({ mock }));
  await eachOf(200, 8, async (index) => credentialOf(await chat(gateway.origin, { session: `one ${index}` })));
  await eachOf(40, 8, async (index) => chat(gateway.origin, { session: `one ${index}`, stream: true }));

  t.equal(await gateway.metric('tidegate_requests_total'), 240);
  t.equal(await gateway.metric('tidegate_attempts_total'), 240);
  t.match(await gateway.api('/api/sessions'), { count: 200 });
  const { credentials } = await gateway.api('/api/credentials');
  const attempts = credentials.flatMap((row: { attempts: Record<string, number> }) => Object.values(row.attempts));
  t.equal(
    attempts.reduce((sum: number, count: number) => sum + count, 0),
    240,
  );
  const { usage } = await gateway.api('/api/usage');
  t.equal(
    usage.reduce((sum: number, row: { requests: number }) => sum + row.requests, 0),
    240,
  );
  t.ok((await gateway.api('/api/attempts')).attempts.length > 0);
  const { workers } = await gateway.api('/api/workers');
  t.equal(workers.length, 4);

  // Every count was taken by the questions above; what follows a kill may lose no more than was counted since.
  await new Promise((resolve) => setTimeout(resolve, REFRESH + 1_000));
  kill(gateway.process.workers()[0] as number);
  await gateway.process.logged('worker is ready', 5);
  t.equal(await gateway.metric('tidegate_requests_total'), 240, 'after a death');
  gateway.process.child.kill('SIGUSR2');
  await gateway.process.logged('rolling restart done');
  await eachOf(10, 4, () => chat(gateway.origin));
  t.equal(await gateway.metric('tidegate_requests_total'), 250, 'after a rolling restart');
});
