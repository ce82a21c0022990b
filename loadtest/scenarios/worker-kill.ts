/** One worker is killed under load: only the streams that it held may end, none of them as if it were whole; the others go on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningTarget } from '../engine/targets/target.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type WorkerSeen, workersOf } from './tools/admin.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { Crowd } from './tools/crowd.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { OpenLoad } from './tools/open-load.js';
import { chatRequest, type Place } from './tools/requests.js';
import { clientPortsOf } from './tools/socket-owners.js';
import { until } from './tools/until.js';

const PACES = {
  quick: { streams: 200, events: 100, kills: 1, seconds: 3 },
  full: { streams: 1_000, events: 400, kills: 3, seconds: 20 },
};
const GAP_MS = 100;
const OTHERS_PER_SECOND = 40;
/** Another is in its place: a start takes 0.3 s on a quiet machine and many times that on a taken one. */
const BACK_WITHIN_MS = 30_000;

export const workerKill: Scenario = {
  name: 'worker-kill',
  title: 'kill -9 of a worker under load: only its own streams end, and none as if it were whole',
  source: 'resilience: worker kill',
  seconds: { quick: 25, full: 250 },
  run: workerKillOn,
};

/** What one kill did. */
interface Death {
  /** Streams that the killed worker held, and all. */
  readonly own: readonly CallResult[];
  readonly others: readonly CallResult[];
  /** Short requests begun after the kill, each on a connection of its own making. */
  readonly after: readonly CallResult[];
  readonly backMs: number;
}

async function workerKillOn(stage: Stage): Promise<Findings> {
  const pace = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 10_000 });
  const gateway = await stage.startTarget('cluster', {
    mockUrl: mock.origin,
    credentials: 20,
    workers: Math.max(2, stage.workers),
  });
  const place = { origin: gateway.url, key: gateway.keys[0] ?? '' };
  const deaths: Death[] = [];
  for (let round = 1; round <= pace.kills && !stage.interrupt.aborted; round++) {
    stage.say(`kill ${round} of ${pace.kills} under ${pace.streams} streams`);
    deaths.push(await killOne(gateway, place, pace));
    stage.progress(round / (pace.kills + 1));
  }
  stage.say('the same streams past the gateway');
  const control = await streamsAt({ origin: mock.origin, key: 'sk-load-1' }, { ...pace, events: 20 });
  return findingsOf(deaths, await control.ended(), pace.streams);
}

function streamsAt(place: Place, { streams, events }: { streams: number; events: number }): Promise<Crowd> {
  return Crowd.gather({
    ...{ origin: place.origin, count: streams, rampMs: 1_000 },
    request: (index) => chatRequest(place, { model: `mock-paced-${events}x${GAP_MS}`, stream: true, session: `kill-${index}` }),
  });
}

async function killOne(gateway: RunningTarget, place: Place, pace: (typeof PACES)['full']): Promise<Death> {
  const before = await readyWorkers(gateway);
  const crowd = await streamsAt(place, pace);
  const victim = before[0]?.pid ?? 0;
  // All streams have begun and nothing is dialled now: what it holds at this moment is what may end with it.
  const held = clientPortsOf(victim, Number(new URL(gateway.url).port));
  const isOwn = crowd.callers.map(({ localPort }) => localPort !== undefined && held.has(localPort));
  const killedAt = performance.now();
  process.kill(victim, 'SIGKILL');
  const load = new OpenLoad({
    ...{ origin: place.origin, rate: OTHERS_PER_SECOND },
    request: (index) => chatRequest(place, { model: 'mock-instant', stream: index % 2 === 0, session: `after-${index % 30}` }),
  });
  const isBack = await until(async () => {
    const now = await readyWorkers(gateway);
    return now.length === before.length && now.every(({ pid }) => pid !== victim);
  }, BACK_WITHIN_MS);
  const backMs = isBack ? performance.now() - killedAt : Number.POSITIVE_INFINITY;
  await sleep(pace.seconds * 1000);
  const after = await load.stop();
  const ended = await crowd.ended();
  crowd.close();
  return { own: ended.filter((_, index) => isOwn[index]), others: ended.filter((_, index) => !isOwn[index]), after, backMs };
}

async function readyWorkers({ adminUrl = '' }: RunningTarget): Promise<WorkerSeen[]> {
  return (await workersOf(adminUrl)).filter(({ state }) => state === 'ready');
}

function findingsOf(deaths: readonly Death[], control: readonly CallResult[], streams: number): Findings {
  const own = deaths.flatMap((death) => death.own);
  const others = deaths.flatMap((death) => death.others);
  const after = deaths.flatMap((death) => death.after);
  const back = Math.max(...deaths.map(({ backMs }) => backMs));
  const silently = own.filter(({ ending }) => ending === 'unfinished');
  return {
    checks: [
      atLeast('streams that the killed worker held', own.length, 1, '', 'else nothing was struck'),
      atLeast('streams that the others held', others.length, 1),
      exactly('streams of the other workers that ended otherwise than whole', failed(others).length, 0, '', tellEndings(others)),
      exactly('streams that ended as if properly, but without their end', silently.length, 0, '', tellEndings(own)),
      exactly('requests after the kill that failed', failed(after).length, 0, '', tellEndings(after)),
      atLeast('requests after the kill', after.length, 1),
      atMost('until another worker was in its place', back, BACK_WITHIN_MS, 'ms'),
      exactly('streams of the control that failed', failed(control).length, 0, '', tellEndings(control)),
    ],
    figures: [
      figure('streams', 'streams', '', 'gateway', deaths.length * streams),
      figure('own', 'streams of the killed worker', '', 'gateway', own.length),
      figure('own_ended', 'of those, ended by a broken connection', '', 'gateway', failed(own).length),
      figure('collateral', 'streams of others that ended', '', 'gateway', failed(others).length, { better: 'lower' }),
      figure('collateral', 'streams that ended', '', 'direct', failed(control).length),
      figure('back', 'until another worker was in its place', 'ms', 'gateway', back, { better: 'lower' }),
      ...latencyFigures('after', 'a request after the kill', 'gateway', times(after)),
    ],
    notes: [
      'A killed process cannot say anything more: the kernel closes its connections, and a client sees a stream that broke off, never one that ended.',
      'Whose streams are whose is read from /proc (descriptors and their sockets) in the moment of the kill.',
    ],
  };
}
