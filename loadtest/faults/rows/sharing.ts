/** K: credentials and quotas that all workers share. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { signal } from '../children.js';
import { type Answer, ask } from '../client/ask.js';
import { rawRequest } from '../client/raw-stream.js';
import { speak } from '../client/speak.js';
import { atMost, equal, ok, until } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import { memoryOf } from '../memory.js';
import { type FaultRow, pass } from '../row.js';
import type { Call } from '../wall/call.js';
import { due } from './ways.js';

const MB = 1024 * 1024;
const SESSIONS = 40;

const turnsAndSessions: FaultRow = {
  id: 'K9',
  title: 'sessions and turns over a worker’s death and a rolling restart',
  promise:
    'A session stays on its credential, and turns of others stay even: counts differ by at most one, a lost request aside.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  alone: true,
  boundSeconds: 60,
  async run(bench) {
    const models = [
      ...modelsFor('k9', { forms: ['chat'], credentials: 4 }),
      ...modelsFor('k9-turns', { forms: ['chat'], credentials: 4 }),
    ];
    const gateway = await bench.startGateway({ models, workers: 2, config: { sticky: { promptPrefix: false } } });
    const homes = new Map<string, Set<string>>();
    let lost = 0;
    const round = async (): Promise<void> => {
      for (let index = 0; index < SESSIONS; index++) {
        const session = `k9-${index}`;
        const answer = await ask(gateway.origin, { model: 'k9-chat', session });
        if (answer.outcome !== 'complete') lost++;
        const home = String(answer.headers['x-gateway-credential'] ?? '');
        if (home) homes.set(session, (homes.get(session) ?? new Set()).add(home));
        const other = await ask(gateway.origin, { model: 'k9-turns-chat' });
        if (other.outcome !== 'complete') lost++;
      }
    };
    await round();
    signal(gateway.workers()[0], 'SIGKILL');
    await round();
    await until('a worker is in its place', () => gateway.workers().length >= 2);
    signal(gateway.pid, 'SIGUSR2');
    await round();
    await round();
    const moved = [...homes.values()].filter((used) => used.size > 1).length;
    const counts = countsOf(bench.wall.callsOf('k9-turns-chat-a'));
    const values = [...counts.values()];
    const spread = Math.max(...values) - Math.min(...values);
    equal(moved, 0, 'sessions that changed their credential');
    atMost(spread, 1 + lost, 'difference between the turns');
    equal(counts.size, 4, 'credentials that had turns');
    return pass('stayed, and even', { sessions: SESSIONS, moved, turns: values.join('/'), 'lost with the worker': lost });
  },
};

function countsOf(calls: readonly Call[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { credential } of calls) counts.set(credential, (counts.get(credential) ?? 0) + 1);
  return counts;
}

const DISTINCT = 20_000;
const KEPT = 1_000;

const sessionIds: FaultRow = {
  id: 'K10',
  title: `session ids: 1 MB, another client's, ${DISTINCT} different ones`,
  promise:
    'A huge one is refused or cut short, one client’s id means nothing for another, and only so many are remembered as configured.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  alone: true,
  boundSeconds: 90,
  async run(bench) {
    const clients = [
      { name: 'one', key: 'sk-tenant-one-1' },
      { name: 'two', key: 'sk-tenant-two-2' },
    ];
    const models = modelsFor('k10', { forms: ['chat'], credentials: 4 });
    const gateway = await bench.startGateway({ models, workers: 2, config: { clients, sticky: { maxSessions: KEPT } } });
    const wish = { model: 'k10-chat', key: 'sk-tenant-one-1' };
    const huge = await speak(gateway.port, rawRequest(wish, `x-session-id: ${'s'.repeat(1_000_000)}`));
    equal(huge.status, 431, 'status for a session header of 1 MB');
    due(
      await ask(gateway.origin, { ...wish, more: { user: 'u'.repeat(1_000_000), prompt_cache_key: 'p'.repeat(1_000_000) } }),
      'complete',
      'a session of 1 MB in the body',
    );
    const homeOf = async (key: string, session: string): Promise<string> => {
      const answer = await ask(gateway.origin, { model: 'k10-chat', key, session });
      due(answer, 'complete', 'a session');
      return String(answer.headers['x-gateway-credential']);
    };
    let shared = 0;
    for (let index = 0; index < 24; index++) {
      const first = await homeOf('sk-tenant-one-1', `same-${index}`);
      if ((await homeOf('sk-tenant-two-2', `same-${index}`)) === first) shared++;
    }
    ok(shared < 24, 'every session of one client led the other to the same credential');
    const memory = memoryOf([gateway.pid, ...gateway.workers()]);
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    bench.onEnd(() => agent.destroy());
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < DISTINCT; index = next++) {
        const answer: Answer = await ask(gateway.origin, { ...wish, session: `distinct-${index}`, agent });
        due(answer, 'complete', `session ${index}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    const growth = memory.stop();
    const { count } = await gateway.api<{ count: number }>('/api/sessions');
    atMost(count, KEPT, 'sessions remembered');
    return pass('bounded and apart', {
      'distinct sessions': DISTINCT,
      remembered: count,
      'growth MB': growth / MB,
      'shared homes of 24': shared,
    });
  },
};

const SLOTS = 20;
const MORE = 50;
const PER_MINUTE = 30;

const quotaRace: FaultRow = {
  id: 'K14',
  title: `${SLOTS + MORE} requests at once on a limit of ${SLOTS}, over all workers`,
  promise:
    'Never more at the upstream than the limit says, in flight or per minute; the others get 429 with Retry-After, and slots come back.',
  length: 'quick',
  needs: ['own-gateway'],
  alone: true,
  async run(bench) {
    const clients = [
      { name: 'wide', key: 'sk-limit-slots-1', concurrency: SLOTS },
      { name: 'rated', key: 'sk-limit-rate-1', rpm: PER_MINUTE },
    ];
    const models = [
      ...modelsFor('k14', { forms: ['chat'], credentials: 3 }),
      ...modelsFor('k14-rate', { forms: ['chat'], credentials: 3 }),
    ];
    const gateway = await bench.startGateway({ models, workers: 4, config: { clients } });
    bench.wall.on('k14-chat-a', (call) => call.healthy({ pause: 15 }));
    const many = (model: string, key: string, stream: boolean, count: number): Promise<Answer[]> =>
      Promise.all(Array.from({ length: count }, () => ask(gateway.origin, { model, key, stream })));
    const answers = await many('k14-chat', 'sk-limit-slots-1', true, SLOTS + MORE);
    const most = mostAtOnce(bench.wall.callsOf('k14-chat-a'));
    atMost(most, SLOTS, 'in flight upstream');
    const refused = answers.filter(({ status }) => status === 429);
    equal(answers.filter(({ outcome }) => outcome === 'complete').length + refused.length, SLOTS + MORE, 'complete or refused');
    ok(
      refused.length > 0 && refused.every(({ headers, error }) => headers['retry-after'] !== undefined && error !== undefined),
      'a 429 without Retry-After or shape',
    );
    await sleep(300);
    const again = await many('k14-chat', 'sk-limit-slots-1', true, SLOTS);
    equal(again.filter(({ outcome }) => outcome === 'complete').length, SLOTS, 'complete when slots are back');
    const rated = await many('k14-rate-chat', 'sk-limit-rate-1', false, PER_MINUTE + MORE);
    const passed = rated.filter(({ outcome }) => outcome === 'complete').length;
    atMost(bench.wall.callsOf('k14-rate-chat-a').length, PER_MINUTE, 'requests upstream in the minute');
    ok(passed > 0, 'none passed the limit per minute');
    return pass('exact over four workers', {
      'most in flight': most,
      limit: SLOTS,
      'refused with 429': refused.length,
      'passed of 30 a minute': passed,
    });
  },
};

function mostAtOnce(calls: readonly Call[]): number {
  const edges = calls.flatMap(({ at, endedAt = Number.POSITIVE_INFINITY }) => [[at, 1] as const, [endedAt, -1] as const]);
  edges.sort(([a, stepA], [b, stepB]) => a - b || stepA - stepB);
  let [now, most] = [0, 0];
  for (const [, step] of edges) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

export const SHARING_ROWS: readonly FaultRow[] = [turnsAndSessions, sessionIds, quotaRace];
