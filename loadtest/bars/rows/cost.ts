/** CPU per piece of work of several targets, measured in turn: what the rows on chunks and on requests have in common. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BarId } from '../bar-table.js';
import { CpuWindow } from '../cpu-window.js';
import type { Figure, Pace } from '../figure.js';
import { interleave } from '../interleave.js';
import type { Scene, SceneWish, Site, TargetName } from '../site.js';
import { median, pairedRatio } from '../statistics.js';
import { figure } from '../verdict.js';

/** One window of one target. */
export interface Cost {
  /** CPU of the target's processes per piece, µs. */
  micros: number;
  perSecond: number;
  failed: number;
  /** CPU of the client and of the mock in the window, 1 = one core: near 1 they would hold the gateway back. */
  clientCores: number;
  mockCores: number;
}

/** Work done so far, as a client counts it; `at` in milliseconds. */
export interface Tally {
  at: number;
  pieces: number;
  failed: number;
}

/** What is measured and which bars it is for. */
export interface CostRow {
  /** Singular: `chunk`. */
  piece: string;
  clusterBar: BarId;
  singleBar: BarId;
  scene: SceneWish;
  /** Pieces before the window at least: code that the compiler has not seen often costs several times as much. */
  warmUp: number;
  /** Brings the load up and gives a way to read it. */
  load(scene: Scene): Promise<() => Promise<Tally>>;
}

const LONGEST_WARM_UP_S = 30;
/** From here on a process with one thread may be what limits the rate. */
const BUSY = 0.9;
const BASIS: TargetName = 'go';

/** Measures all targets in turn; figures for cluster and single over Go, where Go is among them. */
export async function measureCost(site: Site, targets: readonly TargetName[], row: CostRow): Promise<Figure[]> {
  const names = await site.available(targets);
  const costs = await interleave(names, site.pace.rounds, async (name) => {
    const cost = await site.with(name, row.scene, async (scene) =>
      oneWindow(site.pace, scene, await row.load(scene), row.warmUp),
    );
    const { failed, clientCores, mockCores } = cost;
    const others = `client ${percent(clientCores)}, mock ${percent(mockCores)} of a core`;
    site.settings.say(`  ${inWords(name, row.piece, [cost])}, ${failed} failed; ${others}`);
    return cost;
  });
  compare(site, costs, row.piece);
  judge(site, row.clusterBar, [...costs.values()].flat());
  return [...figureOf(costs, 'cluster', row.clusterBar, row.piece), ...figureOf(costs, 'single', row.singleBar, row.piece)];
}

/** What spoils figures is said beside them. */
function judge(site: Site, bar: BarId, costs: readonly Cost[]): void {
  const failed = costs.reduce((sum, cost) => sum + cost.failed, 0);
  if (failed > 0) site.problems.push(`${bar}: ${failed} requests or streams failed`);
  const busiest = Math.max(...costs.map(({ clientCores, mockCores }) => Math.max(clientCores, mockCores)));
  if (busiest > BUSY) site.problems.push(`${bar}: client or mock was ${percent(busiest)} busy, so the load may be theirs`);
}

async function oneWindow(pace: Pace, { target, mock, client }: Scene, read: () => Promise<Tally>, warmUp: number): Promise<Cost> {
  await sleep(pace.settleSeconds * 1000);
  for (let waited = 0; waited < LONGEST_WARM_UP_S && (await read()).pieces < warmUp; waited++) await sleep(1000);
  const [own, theMock, theClient] = [new CpuWindow(target.pids), new CpuWindow(mock.pids), new CpuWindow(() => [client.pid])];
  const before = await read();
  await sleep(pace.windowSeconds * 1000);
  const after = await read();
  const [cores, mockCores, clientCores] = [own.close(), theMock.close(), theClient.close()];
  const perSecond = ((after.pieces - before.pieces) * 1000) / (after.at - before.at);
  if (perSecond === 0) throw new Error(`nothing came through in the window, ${after.failed} failed`);
  return { micros: (cores * 1e6) / perSecond, perSecond, failed: after.failed, clientCores, mockCores };
}

/** The other targets over the last one, for whoever compares builds. */
function compare(site: Site, costs: ReadonlyMap<TargetName, readonly Cost[]>, piece: string): void {
  const all = [...costs];
  const [basis, theirs = []] = all.at(-1) ?? [];
  for (const [name, own] of all) {
    const { median: ratio, lowest, highest } = pairedRatio(micros(own), micros(theirs));
    const over = name === basis ? '' : `; ${ratio.toFixed(2)} of ${basis} (${lowest.toFixed(2)}–${highest.toFixed(2)})`;
    site.settings.say(`  = ${inWords(name, piece, own)}${over}`);
  }
}

function figureOf(costs: ReadonlyMap<TargetName, readonly Cost[]>, name: TargetName, bar: BarId, piece: string): Figure[] {
  const [own, go] = [costs.get(name), costs.get(BASIS)];
  if (!own || !go) return [];
  return [figure(bar, pairedRatio(micros(own), micros(go)), [inWords(name, piece, own), inWords(BASIS, piece, go)])];
}

function inWords(name: TargetName, piece: string, costs: readonly Cost[]): string {
  const perSecond = median(costs.map((cost) => cost.perSecond)).toFixed(0);
  return `${name}: ${median(micros(costs)).toFixed(1)} µs a ${piece} at ${perSecond} ${piece}s/s`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function micros(costs: readonly Cost[]): number[] {
  return costs.map((cost) => cost.micros);
}
