/** A plain round's figures in the words of scenarios, each beside what was published. Pure. */
import { nearestRound } from '../options.js';
import type { RunResult } from '../result.js';
import type { Figure } from '../scenarios/findings.js';
import { type Figures, figuresOf } from './figures.js';
import { PUBLISHED, type PublishedColumn } from './published.js';

interface Words {
  figure: keyof Figures;
  label: string;
  unit: string;
  better?: Figure['better'];
  published?(column: PublishedColumn): number | string | null;
}

const ROWS: readonly Words[] = [
  { figure: 'rps', label: 'requests a second until the last stream ended', unit: '1/s', published: (c) => c.rps },
  { figure: 'steadyRps', label: 'requests a second, steady window', unit: '1/s', better: 'higher' },
  { figure: 'requests', label: 'requests', unit: '', published: (c) => c.requests },
  { figure: 'success', label: 'success', unit: '%', better: 'higher', published: (c) => c.success },
  { figure: 'average', label: 'latency average', unit: 'ms', better: 'lower', published: (c) => c.average },
  { figure: 'p50', label: 'latency p50', unit: 'ms', better: 'lower', published: (c) => c.p50 },
  { figure: 'p95', label: 'latency p95', unit: 'ms', better: 'lower', published: (c) => c.p95 },
  { figure: 'p99', label: 'latency p99', unit: 'ms', better: 'lower' },
  { figure: 'ttftP50', label: 'time to first token p50', unit: 'ms', better: 'lower' },
  { figure: 'ttftP99', label: 'time to first token p99', unit: 'ms', better: 'lower' },
  { figure: 'events', label: 'SSE events', unit: '', published: (c) => c.events },
  { figure: 'cpuPerThousandEvents', label: 'CPU for 1,000 events', unit: 's', better: 'lower' },
  { figure: 'idleCpu', label: 'CPU idle, of one core', unit: '%', better: 'lower', published: (c) => c.idleCpu },
  { figure: 'averageCpu', label: 'CPU average, of one core', unit: '%', better: 'lower' },
  { figure: 'peakCpu', label: 'CPU peak, of one core', unit: '%', better: 'lower', published: (c) => c.peakCpu },
  { figure: 'idleRss', label: 'memory idle, RSS', unit: 'MB', better: 'lower', published: (c) => c.idleMemory },
  { figure: 'peakRss', label: 'memory peak, RSS', unit: 'MB', better: 'lower', published: (c) => c.peakMemory },
  { figure: 'peakPss', label: 'memory peak, PSS', unit: 'MB', better: 'lower' },
  { figure: 'afterRss', label: 'memory after the load, RSS', unit: 'MB', better: 'lower', published: (c) => c.memoryAfter },
  { figure: 'fds', label: 'file descriptors, peak', unit: '', better: 'lower', published: (c) => c.fds },
  { figure: 'threads', label: 'threads, peak', unit: '', better: 'lower', published: (c) => c.threads },
  {
    figure: 'rpsPerServerCpu',
    label: 'requests a second for 1 % of a 4-core server',
    unit: '1/s',
    published: (c) => c.rpsPerServerCpu,
  },
  { figure: 'rpsPerMb', label: 'requests a second for 1 MB', unit: '1/s', better: 'higher', published: (c) => c.rpsPerMb },
];

/** One measured column: a run, or the medians of several. */
export interface MeasuredColumn {
  label: string;
  figures: Partial<Figures>;
}

export function roundFigures(columns: readonly MeasuredColumn[], vus: number): Figure[] {
  const published = PUBLISHED[nearestRound(vus)];
  return ROWS.flatMap(({ figure, label, unit, better, published: read }) =>
    columns.flatMap(({ label: where, figures }): Figure[] => {
      const value = figures[figure];
      if (value === undefined) return [];
      const words = read && publishedWords(published, read);
      return [
        { name: `${figure}.${where}`, label, unit, where, value, ...(words && { published: words }), ...(better && { better }) },
      ];
    }),
  );
}

/** `Go 6.69 · Node.js 6.72`. */
function publishedWords(columns: readonly PublishedColumn[], read: NonNullable<Words['published']>): string | undefined {
  const parts = columns.flatMap((column) => {
    const value = read(column);
    return value === null ? [] : [`${column.name} ${typeof value === 'number' ? value.toLocaleString('en-US') : value}`];
  });
  return parts.length > 0 ? parts.join(' · ') : undefined;
}

export function columnOfRun(run: RunResult): MeasuredColumn {
  return { label: run.plan.label, figures: figuresOf(run) };
}
