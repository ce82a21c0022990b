/** P: processes that are killed, stopped, blocked, out of memory, or that will not start. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { alive, signal } from '../children.js';
import { ask, tell } from '../client/ask.js';
import { Load } from '../client/load.js';
import { atMost, equal, ok, until } from '../expect.js';
import { gatewayConfig, modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { openStreams, paceUpstream, tally, tellTally } from '../process/streams.js';
import { type InnerFault, wayIn } from '../process/ways-in.js';
import { type FaultRow, type Finding, pass } from '../row.js';

const NEEDS = ['own-gateway', 'linux'] as const;
const COMMON = { length: 'quick', needs: NEEDS, alone: true, boundSeconds: 90 } as const;
/** A start takes 0.3 s on a quiet machine and many times that on a taken one. */
const BACK_WITHIN_MS = 10_000;
const STREAMS = 60;

/** A model over one upstream whose streams take two seconds, and one that is at once. */
function models(id: string) {
  return [...modelsFor(id, { forms: ['chat'], credentials: 2 }), ...modelsFor(`${id}x`, { forms: ['chat'], credentials: 2 })];
}

/** Load of short requests, each on a connection of its own: none was held by the process that dies. */
function shortLoad(gateway: GatewayProcess, id: string, rate = 30): Load {
  const agent = new Agent({ keepAlive: false });
  return new Load(gateway.origin, {
    rate,
    wishes: [
      { model: `${id}x-chat`, agent },
      { model: `${id}x-chat`, agent, stream: true },
    ],
  });
}

interface Death {
  readonly id: string;
  readonly workers?: number;
  readonly env?: NodeJS.ProcessEnv;
  strike(victim: number): void;
  /** Whether what the worker serves at that moment ends well. */
  readonly finishes?: boolean;
}

/** One worker of several is struck under streams and short requests. */
async function loseOne(bench: Bench, { id, workers = 3, env, strike, finishes = false }: Death): Promise<Finding> {
  const gateway = await bench.startGateway({ models: models(id), workers }, { env });
  paceUpstream(bench, `${id}-chat-a`, 40, 60);
  const streams = await openStreams(gateway.origin, `${id}-chat`, STREAMS);
  const load = shortLoad(gateway, id);
  await sleep(300);
  const victim = gateway.workers()[0] as number;
  const struckAt = performance.now();
  strike(victim);
  await until('the worker is gone', () => !alive(victim), 30_000);
  await until(
    'another is in its place',
    () => gateway.stderr.filter((line) => line.includes('worker is ready')).length > workers,
    30_000,
  );
  const back = performance.now() - struckAt;
  const ends = await streams.ended;
  await sleep(300);
  const report = await load.stop();
  const { complete = 0, cut = 0, ...others } = tally(ends);
  equal(others, {}, 'streams that ended otherwise than whole or cut');
  if (finishes) equal(cut, 0, 'streams cut');
  ok(cut < STREAMS && complete + cut === STREAMS, `the others’ streams go on (${tellTally(ends)})`);
  const late = load.answers.filter(({ askedAt, outcome }) => outcome !== 'complete' && askedAt > struckAt + 100);
  equal(late.length, 0, `requests lost after the death (${late[0] ? tell(late[0]) : ''})`);
  if (finishes) equal(report.lost.length, 0, `requests lost (${report.lost[0]})`);
  atMost(back, BACK_WITHIN_MS + (finishes ? 5_000 : 0), 'ms until another worker served');
  return pass(finishes ? 'its streams were finished, nothing lost' : 'only its own streams were cut', {
    streams: STREAMS,
    cut,
    'requests beside': report.asked,
    'lost at that moment': report.lost.length,
    'replaced ms': Math.round(back),
  });
}

function innerRow(
  id: string,
  title: string,
  promise: string,
  fault: InnerFault,
  more: Partial<Death> & { flags?: string[] },
): FaultRow {
  return {
    ...{ id, title, promise },
    ...COMMON,
    run: (bench) =>
      loseOne(bench, {
        id: id.toLowerCase(),
        env: wayIn(bench, fault, ...(more.flags ?? [])),
        strike: (victim) => signal(victim, 'SIGWINCH'),
        ...more,
      }),
  };
}

export const PROCESS_DEATH_ROWS: readonly FaultRow[] = [
  {
    id: 'P1',
    title: 'kill -9 of one worker under load',
    promise: 'Only what it served is cut; new requests are served at once; another takes its place.',
    ...COMMON,
    run: (bench) => loseOne(bench, { id: 'p1', strike: (victim) => signal(victim, 'SIGKILL') }),
  },
  innerRow(
    'P2',
    'a fault that nobody catches, in a worker',
    'The worker finishes what it serves and leaves; nothing is lost.',
    'throw',
    { finishes: true },
  ),
  {
    id: 'P3',
    title: 'workers that die at boot, again and again',
    promise: 'A bounded number of starts, growing waits, then the primary ends with the reason and not with 0.',
    ...COMMON,
    async run(bench) {
      const began = performance.now();
      const config = gatewayConfig({ models: models('p3') }, bench.wall.origin);
      const gateway = bench.spawnGateway(config, { env: wayIn(bench, 'die-at-boot') });
      await until('the primary gives up', () => gateway.gone, 60_000);
      const { code } = await gateway.exit;
      const seconds = (performance.now() - began) / 1000;
      const starts = gateway.stderr.filter((line) => line.includes('injected: dies at boot')).length;
      ok(code !== 0 && code !== null, `an exit code that says so: ${code}`);
      ok(starts >= 2, `it was tried again: ${starts} starts`);
      atMost(starts, 12, 'starts');
      const reason = gateway.stderr.filter((line) => /exit code 9|hopeless|gives? up|leaving at once/i.test(line)).at(-1) ?? '';
      ok(reason !== '', 'the reason is said');
      return pass('gave up with the reason', { starts, 'exit code': code, seconds });
    },
  },
  {
    id: 'P4',
    title: 'kill -9 of the primary under load',
    promise: 'Workers finish what runs and leave, no orphan keeps the port, the next start has it at once.',
    ...COMMON,
    run: (bench) => losePrimary(bench, 'p4'),
  },
  {
    id: 'P5',
    title: 'one worker is stopped (SIGSTOP)',
    promise: 'It is noticed by its silence and replaced; its connections are reset and do not hang.',
    ...COMMON,
    run: (bench) =>
      loseOne(bench, { id: 'p5', env: { TIDEGATE_WATCHDOG_MS: '3000' }, strike: (victim) => signal(victim, 'SIGSTOP') }),
  },
  {
    id: 'P6',
    title: 'an event loop blocked for three seconds',
    promise: 'What waits there is late and complete; nothing is killed; other workers go on.',
    ...COMMON,
    async run(bench) {
      const gateway = await bench.startGateway({ models: models('p6') }, { env: wayIn(bench, 'block') });
      const before = gateway.workers();
      const load = shortLoad(gateway, 'p6');
      await sleep(500);
      signal(before[0], 'SIGWINCH');
      await sleep(5_000);
      const report = await load.stop();
      equal(report.lost.length, 0, `requests lost (${report.lost[0]})`);
      equal(gateway.workers(), before, 'the workers');
      ok(report.slowest > 1_000, 'the fault struck');
      return pass('late, complete, nothing restarted', {
        requests: report.asked,
        'p50 ms': report.p50,
        'slowest ms': Math.round(report.slowest),
      });
    },
  },
  innerRow(
    'P7',
    'one worker runs out of memory',
    'As if killed: only what it served is cut, and the log says how it died.',
    'hoard',
    {
      flags: ['--max-old-space-size=120'],
    },
  ),
  {
    id: 'P15',
    title: 'kill -9 of the process that holds the embedded store',
    promise: 'Running answers end; the next start begins anew: sessions are given out once each and stay, turns are exact.',
    ...COMMON,
    run: (bench) => losePrimary(bench, 'p15'),
  },
];

async function losePrimary(bench: Bench, id: string): Promise<Finding> {
  const port = await bench.freePort();
  const wish = { models: models(id), config: { server: { port } } };
  const gateway = await bench.startGateway(wish);
  paceUpstream(bench, `${id}-chat-a`, 20, 60);
  const streams = await openStreams(gateway.origin, `${id}-chat`, STREAMS);
  const workers = gateway.workers();
  const killedAt = performance.now();
  signal(gateway.pid, 'SIGKILL');
  const ends = await streams.ended;
  equal(tally(ends), { complete: STREAMS }, 'ends of the streams that ran');
  await until('the workers leave', () => !workers.some(alive), 30_000);
  const left = performance.now() - killedAt;
  const again = await bench.startGateway(wish);
  const keys = new Map<string, Set<string>>();
  for (let round = 0; round < 3; round++)
    for (let index = 0; index < 9; index++) {
      const answer = await ask(again.origin, { model: `${id}x-chat`, session: `${id}-${index}` });
      equal(answer.outcome, 'complete', 'after the restart');
      keys.set(`${index}`, (keys.get(`${index}`) ?? new Set()).add(String(answer.headers['x-gateway-credential'])));
    }
  const moved = [...keys.values()].filter((seen) => seen.size > 1).length;
  equal(moved, 0, 'sessions on two credentials');
  const first = [...keys.values()].filter((seen) => seen.has('k1')).length;
  atMost(Math.abs(2 * first - keys.size), 1, 'difference of the two credentials’ sessions');
  return pass('streams whole, workers gone, the port taken again at once', { streams: STREAMS, 'left ms': Math.round(left) });
}
