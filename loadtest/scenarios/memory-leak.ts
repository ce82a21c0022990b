/** Seed 002, 8: the same load again and again, a collection after each, until memory stands still: heap, PSS and descriptors. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage } from '../engine/mock-control.js';
import { readProcess } from '../engine/proc.js';
import { atMost, exactly, holds } from '../thresholds/checks.js';
import { type Plateau, type PlateauRule, plateauOf, type Reading } from '../thresholds/plateau.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import type { Pace, Scenario, Stage } from './scenario.js';
import { metricOf } from './tools/admin.js';
import { failed, tellEndings } from './tools/caller.js';
import { closedLoop } from './tools/closed-loop.js';
import { figure } from './tools/figures.js';
import { type Pair, startPair } from './tools/pair.js';
import { chatRequest, messagesRequest, type Place } from './tools/requests.js';

const MB = 2 ** 20;

interface LeakPace {
  readonly loadSeconds: number;
  /** Ends at the plateau, but not before this, and with or without it at the cap. */
  readonly leastSeconds: number;
  readonly mostSeconds: number;
  readonly heap: PlateauRule;
  readonly pss: PlateauRule;
}

/** The rule of 1 and 2 percent over a minute is for the full length; seconds after a start the heap is still being filled. */
const PACES: Readonly<Record<Pace, LeakPace>> = {
  quick: {
    ...{ loadSeconds: 1.2, leastSeconds: 18, mostSeconds: 40 },
    heap: { windowSeconds: 11, trendPercent: 5, spreadPercent: 15 },
    pss: { windowSeconds: 11, trendPercent: 8, spreadPercent: 20 },
  },
  full: {
    ...{ loadSeconds: 4, leastSeconds: 180, mostSeconds: 1_800 },
    heap: { windowSeconds: 60, trendPercent: 1, spreadPercent: 2 },
    pss: { windowSeconds: 60, trendPercent: 1, spreadPercent: 2 },
  },
};
const CALLERS = 20;
/** The same ones again and again: a session that is new is to be remembered, and that is no leak. */
const SESSIONS = 200;
const SETTLE_MS = 300;
/** Kept connections of the gateway may come and go a little. */
const SPARE_DESCRIPTORS = 40;

export const memoryLeak: Scenario = {
  name: 'memory-leak',
  number: '8',
  title: 'the same load again and again until memory stands still: heap after GC, PSS, descriptors',
  source: 'seed 002, scenario 8',
  seconds: { quick: 40, full: 400 },
  run: (stage) => new MemoryLeak(stage).run(),
};

/** After a round of load and a collection, with nothing under way. */
interface Level {
  /** Seconds since the first load began. */
  readonly at: number;
  readonly heapMb: number;
  readonly pssMb: number;
  readonly descriptors: number;
  /** The mock's, which carried the same load. */
  readonly mockPssMb: number;
}

class MemoryLeak {
  readonly #stage: Stage;
  readonly #pace: LeakPace;
  readonly #levels: Level[] = [];
  readonly #lost: string[] = [];
  #requests = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#pace = PACES[stage.pace];
  }

  async run(): Promise<Findings> {
    const pair = await startPair(this.#stage);
    const began = performance.now();
    const elapsed = (): number => (performance.now() - began) / 1000;
    while (!this.#stage.interrupt.aborted && elapsed() < this.#pace.mostSeconds) {
      await this.#load(pair.places.gateway);
      this.#levels.push({ at: elapsed(), ...(await this.#level(pair)) });
      this.#stage.progress(elapsed() / this.#pace.leastSeconds);
      if (elapsed() >= this.#pace.leastSeconds && this.#plateaus().every(({ plateau }) => plateau.isReached)) break;
    }
    const direct = await closedLoop({ ...loadOf(pair.places.direct), seconds: this.#pace.loadSeconds });
    return this.#findings(direct.perSecond);
  }

  async #load(place: Place): Promise<void> {
    const loop = { ...loadOf(place), seconds: this.#pace.loadSeconds, interrupt: this.#stage.interrupt };
    const { results } = await closedLoop(loop);
    this.#requests += results.length;
    const bad = failed(results);
    if (bad.length > 0) this.#lost.push(tellEndings(bad));
  }

  async #level({ gateway, mock }: Pair): Promise<Omit<Level, 'at'>> {
    const { adminUrl } = gateway;
    if (adminUrl === undefined || !(await collectGarbage(adminUrl))) throw new Error('the gateway could not be asked to collect');
    await sleep(SETTLE_MS);
    const heapMb = (await metricOf(adminUrl, 'nodejs_heap_size_used_bytes')) / MB;
    const processes = gateway.pids().map(readProcess);
    const sum = (read: (one: { pss: number; fds: number }) => number): number =>
      processes.reduce((total, one) => total + (one ? read(one) : 0), 0);
    const mockPssMb = (readProcess(mock.pid)?.pss ?? 0) / MB;
    return { heapMb, pssMb: sum(({ pss }) => pss) / MB, descriptors: sum(({ fds }) => fds), mockPssMb };
  }

  #plateaus() {
    const { heap, pss } = this.#pace;
    const of = (read: (level: Level) => number, rule: PlateauRule): Plateau =>
      plateauOf(
        this.#levels.map((level): Reading => ({ at: level.at, value: read(level) })),
        rule,
      );
    return [
      { name: 'heap', label: 'heap after GC', rule: heap, plateau: of(({ heapMb }) => heapMb, heap) },
      { name: 'pss', label: 'memory after GC (PSS)', rule: pss, plateau: of(({ pssMb }) => pssMb, pss) },
    ];
  }

  #findings(directRate: number): Findings {
    const plateaus = this.#plateaus();
    const [first, last] = [this.#levels[0], this.#levels.at(-1)];
    const seconds = last?.at ?? 0;
    return {
      checks: [
        exactly(`requests that failed of ${this.#requests}`, this.#lost.length, 0, '', this.#lost.join('; ')),
        ...plateaus.map((one) => plateauCheck(one)),
        atMost(
          'descriptors, more than after the first load',
          (last?.descriptors ?? 0) - (first?.descriptors ?? 0),
          SPARE_DESCRIPTORS,
        ),
      ],
      figures: [
        ...plateaus.map(({ name, label, plateau }) =>
          figure(`${name}_growth`, `${label}: growth at the end`, 'MB/min', 'gateway', plateau.perMinute, {
            published: 'not run',
          }),
        ),
        ...levelFigures('first', first),
        ...levelFigures('last', last),
        figure('mock_pss_growth', 'memory of the mock, which carried the same: growth', 'MB', 'direct', mockGrowth(first, last)),
        figure('requests', 'requests', '', 'gateway', this.#requests),
        figure('rate', 'requests a second past the gateway', '1/s', 'direct', directRate),
        figure('seconds', 'until it stood still, or the end', 's', 'gateway', seconds),
      ],
      charts: [chartOf(this.#levels)],
      notes: [
        `${CALLERS} callers, ${this.#pace.loadSeconds} s of chat and Messages, streamed and not, then a collection in every process with nothing under way; again and again.`,
      ],
    };
  }
}

/** Chat and Messages, a quarter streamed. */
function loadOf(place: Place) {
  const request = (index: number) => {
    const wish = { model: 'mock-instant', stream: index % 4 === 0, session: `leak-${index % SESSIONS}` };
    return index % 3 === 0 ? messagesRequest(place, wish) : chatRequest(place, wish);
  };
  return { origin: place.origin, callers: CALLERS, request };
}

function plateauCheck({ label, rule, plateau }: { label: string; rule: PlateauRule; plateau: Plateau }): Check {
  const { windowSeconds, trendPercent, spreadPercent } = rule;
  return holds(
    `${label} stands still: over ${windowSeconds} s the halves differ by <= ${trendPercent} % upwards, all by <= ${spreadPercent} %`,
    plateau.isReached,
    Number.isNaN(plateau.trend)
      ? 'too few readings'
      : `${plateau.trend.toFixed(2)} %, ${plateau.spread.toFixed(2)} %, ${plateau.perMinute.toFixed(2)} MB/min`,
  );
}

function levelFigures(when: 'first' | 'last', level: Level | undefined): Figure[] {
  const label = `after the ${when} load`;
  const lower = { better: 'lower' } as const;
  return [
    figure(`heap_${when}`, `heap ${label} and a collection`, 'MB', 'gateway', level?.heapMb ?? Number.NaN, lower),
    figure(`pss_${when}`, `memory (PSS) ${label} and a collection`, 'MB', 'gateway', level?.pssMb ?? Number.NaN, lower),
    figure(`descriptors_${when}`, `file descriptors ${label}`, '', 'gateway', level?.descriptors ?? Number.NaN, lower),
  ];
}

function mockGrowth(first: Level | undefined, last: Level | undefined): number {
  return (last?.mockPssMb ?? Number.NaN) - (first?.mockPssMb ?? Number.NaN);
}

function chartOf(levels: readonly Level[]): Chart {
  const line = (name: string, read: (level: Level) => number) => ({
    name,
    points: levels.map((level): [number, number] => [level.at, read(level)]),
  });
  return {
    ...{ title: 'Memory after each load and a collection', kind: 'line' },
    ...{ x: { label: 'time', unit: 's' }, y: { label: 'memory', unit: 'MB' } },
    series: [
      line('PSS', ({ pssMb }) => pssMb),
      line('heap', ({ heapMb }) => heapMb),
      line('PSS of the mock', ({ mockPssMb }) => mockPssMb),
    ],
  };
}
