/** Seed 002, 7: the primary upstream fails, comes back, and dies: clients notice nothing, and the primary is used again when it can be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../bars/statistics.js';
import { sectionsOf } from '../configs/kinds.js';
import { resetMock } from '../engine/mock-control.js';
import type { Program } from '../engine/targets/program.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { figure, times } from './tools/figures.js';
import { clearFaults, readBooks, setFault } from './tools/mock-books.js';
import { OpenLoad } from './tools/open-load.js';
import { chatRequest, type Place } from './tools/requests.js';
import { until } from './tools/until.js';

const SECONDS = { quick: 3, full: 30 };
const RATE = 80;
/** Past the gateway, to the primary alone: what clients would see without one. */
const CONTROL_RATE = 20;
/** Every key of the primary can be tried and rested, and the backup reached, within one request's three attempts. */
const KEYS = 2;
const SESSIONS = 40;
const BACK_WITHIN_MS = 90_000;
const BOOKS_WITHIN_MS = 10_000;
const ROOM = 4_000;

export const failover: Scenario = {
  name: 'failover',
  number: '7',
  title: 'the primary upstream answers 503, comes back, then dies: 100 % success to clients',
  source: 'seed 002, scenario 7',
  seconds: { quick: 20, full: 140 },
  run: (stage) => runFailover(stage),
};

/** One state of the primary, and what became of the requests meanwhile. */
interface Phase {
  readonly name: 'healthy' | 'failing' | 'back' | 'dead';
  readonly label: string;
  readonly results: readonly CallResult[];
  readonly control: readonly CallResult[];
  /** Requests that the mocks served. */
  readonly primary: number;
  readonly backup: number;
}

class Site {
  readonly stage: Stage;
  readonly primary: Program;
  readonly backup: Program;
  readonly gateway: Place;

  constructor(stage: Stage, primary: Program, backup: Program, gateway: Place) {
    this.stage = stage;
    this.primary = primary;
    this.backup = backup;
    this.gateway = gateway;
  }

  static async start(stage: Stage): Promise<Site> {
    const primary = await stage.startMock({ maxConcurrent: ROOM });
    const backup = await stage.startMock({ maxConcurrent: ROOM });
    const wish = { mocks: [primary.origin, backup.origin] as const, instances: 1, credentials: KEYS };
    const config = { ...sectionsOf('failover', wish) };
    const target = await stage.startTarget('cluster', { mockUrl: primary.origin, credentials: KEYS, config });
    return new Site(stage, primary, backup, { origin: target.url, key: target.keys[0] ?? '' });
  }

  /** Load through the gateway and past it, as long as a phase lasts, or until `during` is over if that is later. */
  async phase(name: Phase['name'], label: string, during: () => Promise<unknown> = async () => {}): Promise<Phase> {
    this.stage.say(`the primary is ${label}`);
    await Promise.all([name === 'dead' ? undefined : resetMock(this.primary.origin), resetMock(this.backup.origin)]);
    const load = new OpenLoad({ origin: this.gateway.origin, rate: RATE, request: (index) => ask(this.gateway, index, name) });
    const direct = { origin: this.primary.origin, key: 'sk-load-control' };
    const control = new OpenLoad({ origin: direct.origin, rate: CONTROL_RATE, request: (index) => ask(direct, index, name) });
    await Promise.all([this.#wait(SECONDS[this.stage.pace] * 1000), during()]);
    const [results, past] = await Promise.all([load.stop(), control.stop()]);
    const primary = name === 'dead' ? 0 : (await servedBy(this.primary)) - past.filter(({ ending }) => ending === 'ok').length;
    return { name, label, results, control: past, primary, backup: await servedBy(this.backup) };
  }

  /** An interrupt shortens it. */
  async #wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stage.interrupt }).catch(() => {});
  }
}

/** Requests that a mock has answered whole, once it has nothing under way: a client has the last byte before the mock has closed its books. */
async function servedBy({ origin }: Program): Promise<number> {
  await until(async () => (await readBooks(origin)).inFlight === 0, BOOKS_WITHIN_MS);
  return (await readBooks(origin)).completed;
}

/** Streams and whole answers, of sessions that stay and of new ones. */
function ask(place: Place, index: number, phase: string) {
  const session = index % 2 === 0 ? `failover-${index % SESSIONS}` : `failover-${phase}-${index}`;
  return chatRequest(place, { model: index % 3 === 0 ? 'mock-paced-10x20' : 'mock-instant', stream: index % 3 === 0, session });
}

async function runFailover(stage: Stage): Promise<Findings> {
  const site = await Site.start(stage);
  const { primary } = site;
  const phases = [await site.phase('healthy', 'healthy')];
  await setFault(primary.origin, { status: 503 });
  phases.push(await site.phase('failing', 'failing: 503 to every request'));
  await clearFaults(primary.origin);
  const cleared = performance.now();
  let backAfterMs = Number.NaN;
  const isBack = async (): Promise<void> => {
    if (await until(() => stage.interrupt.aborted || usesPrimary(primary), BACK_WITHIN_MS))
      backAfterMs = performance.now() - cleared;
  };
  phases.push(await site.phase('back', 'healthy again', isBack));
  await primary.stop();
  phases.push(await site.phase('dead', 'dead: nobody listens there'));
  return {
    checks: [
      ...phases.flatMap(checksOf),
      atMost('the primary is used again after', backAfterMs / 1000, BACK_WITHIN_MS / 1000, 's'),
    ],
    figures: [...phases.flatMap(figuresOf), backFigure(backAfterMs)],
    notes: [
      `${RATE} requests a second through the gateway, a third of them streams, half of them of sessions that stay; default retries (three attempts, a budget of 20 %).`,
      'The published 100 % were counted at a mock that was asked itself: nothing failed over.',
    ],
  };
}

/** Whether the primary has served somebody with the gateway's own key since its counts were reset. */
async function usesPrimary(primary: Program): Promise<boolean> {
  const { byKey } = await readBooks(primary.origin);
  return Object.keys(byKey).some((key) => key !== 'sk-load-control');
}

function checksOf({ name, label, results, control, primary, backup }: Phase): Check[] {
  const lost = failed(results);
  const all = [exactly(`primary ${label}: requests that failed of ${results.length}`, lost.length, 0, '', tellEndings(lost))];
  const refused = failed(control).length;
  if (name === 'healthy')
    return [...all, exactly('healthy: requests that the backup served', backup, 0), ...noControlFailure(refused)];
  if (name === 'back') return [...all, atLeast('healthy again: requests that the primary served', primary, 1)];
  return [
    ...all,
    atLeast(`primary ${name}: requests that the backup served`, backup, results.length - lost.length),
    exactly(`primary ${name}: requests past the gateway that failed, the control`, refused, control.length),
  ];
}

function noControlFailure(refused: number): Check[] {
  return [exactly('healthy: requests past the gateway that failed, the control', refused, 0)];
}

function figuresOf({ name, label, results, control, backup }: Phase): Figure[] {
  const success = (of: readonly CallResult[]): number => (100 * (of.length - failed(of).length)) / of.length;
  const published = name === 'failing' ? { published: '100 %' } : {};
  return [
    figure(`success_${name}`, `primary ${label}: success`, '%', 'gateway', success(results), { better: 'higher', ...published }),
    figure(`success_${name}`, `primary ${label}: success`, '%', 'direct', success(control)),
    figure(`p99_${name}`, `primary ${label}: latency P99`, 'ms', 'gateway', quantile(times(results), 0.99), { better: 'lower' }),
    figure(`backup_${name}`, `primary ${label}: requests that the backup served`, '', 'gateway', backup),
  ];
}

function backFigure(backAfterMs: number): Figure {
  return figure('back_after', 'the primary is used again after', 's', 'gateway', backAfterMs / 1000, { better: 'lower' });
}
