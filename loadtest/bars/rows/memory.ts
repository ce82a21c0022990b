/** Memory of the target's processes (PSS) without streams, with them, after them and after a garbage collection. */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage } from '../../engine/mock-control.js';
import { readProcess } from '../../engine/proc.js';
import type { Figure } from '../figure.js';
import { interleave } from '../interleave.js';
import type { Scene, Site, TargetName } from '../site.js';
import { median, pairedRatio, spreadOf } from '../statistics.js';
import { figure } from '../verdict.js';

const MB = 2 ** 20;
/** Memory hardly differs between rounds, and opening thousands of streams takes its time. */
const MOST_ROUNDS = 3;
const SETTLE_MS = 3000;

/** So many streams that together make 15,000 chunks a second. */
interface Crowd {
  streams: number;
  model: string;
  rampMs: number;
}

const THOUSAND: Crowd = { streams: 1000, model: 'mock-paced-100000x66', rampMs: 2000 };
const NINE_THOUSAND: Crowd = { streams: 9000, model: 'mock-paced-100000x600', rampMs: 9000 };

/** MB; of the loaded time the median of readings a second apart. */
interface Memory {
  idle: number;
  loaded: number;
  after: number;
  /** Undefined for a target that cannot be asked for a collection. */
  collected: number | undefined;
  /** Streams that did not open or broke. */
  failed: number;
}

export async function measureMemory(site: Site, targets: readonly TargetName[]): Promise<Figure[]> {
  const memories = await measureCrowd(site, targets, THOUSAND);
  const cluster = memories.get('cluster') ?? [];
  if (cluster.length === 0) return [];
  return [figure('memory', spreadOf(cluster.map((memory) => memory.loaded)), behind(memories))];
}

export async function measureNineThousand(site: Site, targets: readonly TargetName[]): Promise<Figure[]> {
  const memories = await measureCrowd(site, targets, NINE_THOUSAND);
  const cluster = memories.get('cluster') ?? [];
  const loaded = (name: TargetName): number[] => (memories.get(name) ?? []).map((memory) => memory.loaded);
  const ratio = pairedRatio(loaded('cluster'), loaded('go'));
  if (cluster.length === 0) return [];
  return [
    figure('streams-9000-failures', spreadOf(cluster.map((memory) => memory.failed)), [`of ${NINE_THOUSAND.streams} streams`]),
    ...(ratio.rounds === 0 ? [] : [figure('streams-9000-memory', ratio, behind(memories))]),
  ];
}

async function measureCrowd(site: Site, targets: readonly TargetName[], crowd: Crowd): Promise<Map<TargetName, Memory[]>> {
  const names = await site.available(targets);
  return interleave(names, Math.min(site.pace.rounds, MOST_ROUNDS), async (name) => {
    const memory = await site.with(name, { ownNode: true }, (scene) => fillAndEmpty(site, scene, crowd));
    site.settings.say(`  ${inWords(name, [memory])}, ${memory.failed} failed`);
    return memory;
  });
}

async function fillAndEmpty({ pace }: Site, scene: Scene, { streams, model, rampMs }: Crowd): Promise<Memory> {
  const { client, target, through } = scene;
  await sleep(SETTLE_MS);
  const idle = pss(target.pids());
  await client.ask('openStreams', { ...through(model), count: streams, rampMs });
  await sleep(pace.settleSeconds * 1000);
  const readings: number[] = [];
  for (let second = 0; second < pace.windowSeconds; second++) {
    readings.push(pss(target.pids()));
    await sleep(1000);
  }
  const { open } = await client.ask('readStreams', undefined);
  client.stop();
  await sleep(SETTLE_MS);
  const after = pss(target.pids());
  const collected = await pssAfterCollection(scene);
  return { idle, loaded: median(readings), after, collected, failed: streams - open };
}

async function pssAfterCollection({ target }: Scene): Promise<number | undefined> {
  if (target.adminUrl === undefined || !(await collectGarbage(target.adminUrl))) return undefined;
  await sleep(SETTLE_MS);
  return pss(target.pids());
}

function pss(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readProcess(pid)?.pss ?? 0), 0) / MB;
}

function behind(memories: ReadonlyMap<TargetName, readonly Memory[]>): string[] {
  return [...memories].map(([name, rounds]) => inWords(name, rounds));
}

function inWords(name: TargetName, rounds: readonly Memory[]): string {
  const of = (read: (memory: Memory) => number | undefined): string =>
    median(rounds.map((memory) => read(memory) ?? Number.NaN).filter(Number.isFinite)).toFixed(0);
  const collected = rounds.some((memory) => memory.collected !== undefined) ? `, after GC ${of((one) => one.collected)}` : '';
  return `${name}: idle ${of((one) => one.idle)} MB, with streams ${of((one) => one.loaded)}, after them ${of((one) => one.after)}${collected}`;
}
