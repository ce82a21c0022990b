/** A session keeps its credential on whichever worker and connection it comes in. */
import { Agent } from 'node:http';
import { test } from 'tap';
import { startRedis } from './helpers/redis.js';
import { type ChatWish, chat, credentialOf, eachOf } from './helpers/requests.js';
import { choicesMadeAlone } from './helpers/turns.js';
import { build, configText, type GatewayUnderTest, startGateway, startMock } from './helpers/whole-gateway.js';

const SESSIONS = 300;
const REQUESTS = 10;

test('sessions over workers', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  /** Sessions that were answered by more than one credential. */
  const moved = async (gateway: GatewayUnderTest) => {
    const kept = new Agent({ keepAlive: true, maxSockets: 8 });
    t.teardown(() => kept.destroy());
    const seen = Array.from({ length: SESSIONS }, () => new Set<string>());
    // Round after round, so that a session's requests are spread over time and connections.
    await eachOf(SESSIONS * REQUESTS, 16, async (index) => {
      const session = index % SESSIONS;
      const agent = index % 2 === Math.floor(index / SESSIONS) % 2 ? kept : undefined;
      seen[session]?.add(credentialOf(await chat(gateway.origin, { session: `session ${session}`, agent })));
    });
    return seen.filter((credentials) => credentials.size !== 1).length;
  };

  for (const kind of ['embedded', 'redis'] as const) {
    t.test(`${SESSIONS} sessions keep their credential over ${REQUESTS} requests each: ${kind}`, async (t) => {
      const redis = kind === 'redis' ? await startRedis() : undefined;
      t.teardown(() => redis?.kill());
      const gateway = await startGateway(t, folder, configText({ mock, credentials: 20, redis: redis?.url }));
      const strays = await moved(gateway);
      // On a machine so busy that the store takes longer than it may, a worker chooses alone, as it should, and counts it.
      const alone = await choicesMadeAlone([gateway]);
      t.ok(strays <= alone, `${strays} sessions moved, ${alone} choices were made alone`);
      t.ok(strays < SESSIONS / 2);
      t.match(await gateway.api('/api/sessions'), { count: SESSIONS });
    });
  }

  t.test('what names a session', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock, credentials: 7 }));
    /** The credentials that eight requests got. */
    const credentials = async (wish: ChatWish, times = 8) => {
      const got = await eachOf(times, 4, async () => credentialOf(await chat(gateway.origin, wish)));
      return new Set(got).size;
    };
    const named: [string, object][] = [
      ['prompt_cache_key', { prompt_cache_key: 'one' }],
      ['user', { user: 'two' }],
      ['metadata.user_id', { metadata: { user_id: 'three' } }],
    ];
    for (const [name, more] of named) {
      // Made one after another, as the first is what binds.
      await chat(gateway.origin, { more });
      t.equal(await credentials({ more }), 1, name);
    }
    await chat(gateway.origin, { prompt: 'How a conversation begins.' });
    t.equal(await credentials({ prompt: 'How a conversation begins.' }), 1, 'the prompt’s beginning');
    const grown = [
      { role: 'user', content: 'How a conversation begins.' },
      { role: 'assistant', content: 'So.' },
      { role: 'user', content: 'And goes on.' },
    ];
    const first = credentialOf(await chat(gateway.origin, { prompt: 'How a conversation begins.' }));
    t.equal(credentialOf(await chat(gateway.origin, { more: { messages: grown } })), first, 'the conversation grown');
    t.equal(await credentials({}, 7), 7, 'nothing in common');
    t.equal(await credentials({ session: 'by header', more: { user: 'two' } }), 1, 'the header before the body');
  });

  t.test('simultaneous first requests of a session meet on one credential', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock, credentials: 20 }));
    for (let session = 0; session < 10; session++) {
      const got = await eachOf(16, 16, async () => credentialOf(await chat(gateway.origin, { session: `burst ${session}` })));
      t.equal(new Set(got).size, 1);
    }
  });

  t.test('two clients that name a session alike do not share it', async (t) => {
    const clients = [
      { name: 'one', key: 'client-key-one-0123456789' },
      { name: 'two', key: 'client-key-two-0123456789' },
    ];
    const gateway = await startGateway(t, folder, configText({ mock, credentials: 5, more: { clients } }));
    const of = async (key = '') => credentialOf(await chat(gateway.origin, { session: 'same', key }));
    const first = await of(clients[0]?.key);
    const second = await of(clients[1]?.key);
    t.not(first, second);
    t.equal(await of(clients[0]?.key), first);
    t.equal(await of(clients[1]?.key), second);
    t.match(await gateway.api('/api/sessions'), { count: 2 });
  });
});
