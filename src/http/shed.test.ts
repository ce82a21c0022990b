import { Agent, request } from 'node:http';
import { test } from 'tap';
import { sampleConfig } from '../../test/helpers/sample-config.js';
import { createStoreMaker } from '../store/index.js';
import { startService } from './service.js';

/** What a request without a key is told about its connection. */
function connectionOf(port: number, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, path: '/v1/chat/completions', method: 'POST', agent, headers: { 'content-length': 0 } },
      (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      },
    );
    sent.on('error', reject).end();
  });
}

test('a worker that is to shed connections ends as many with their next answer, and keeps the rest', async (t) => {
  const config = sampleConfig();
  const store = (await createStoreMaker(config)).single();
  const service = await startService({ config, store });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(async () => {
    agent.destroy();
    await service.drain(0, 0);
    await store.close();
  });
  t.equal(await connectionOf(service.port, agent), 'keep-alive');
  service.shed(2);
  const answers = [];
  for (let sent = 0; sent < 4; sent++) answers.push(await connectionOf(service.port, agent));
  t.same(answers, ['close', 'close', 'keep-alive', 'keep-alive']);
});
