/** From starting the program to the first answer with 200: a whole chat request through a worker. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { alternate } from '../calls.js';
import type { Figure } from '../figure.js';
import type { Scene, Site } from '../site.js';
import { median, quantile, spreadOf } from '../statistics.js';
import { figure } from '../verdict.js';

const WORKERS = 2;
const STARTS_PER_ROUND = 5;

export function measureColdStart(site: Site): Promise<Figure[]> {
  return site.with('direct', {}, async (scene) => {
    const times: number[] = [];
    const bare: number[] = [];
    // The first one reads the files from the disk and is not counted.
    for (let start = -1; start < site.pace.rounds * STARTS_PER_ROUND; start++) {
      const took = await startOnce(site, scene);
      if (start >= 0) times.push(took);
      bare.push(bareStart(site.settings.nodePath));
    }
    const words = `${times.length} starts, p90 ${quantile(times, 0.9).toFixed(0)} ms; Node itself with an empty program ${median(bare).toFixed(0)} ms, and primary and workers start one after the other`;
    site.settings.say(`  ${words}`);
    return [figure('cold-start', spreadOf(times), [words])];
  });
}

/** Milliseconds from start to exit of an empty program: what no gateway on this Node can be faster than, twice. */
function bareStart(nodePath: string): number {
  const startedAt = performance.now();
  spawnSync(nodePath, ['-e', '0']);
  return performance.now() - startedAt;
}

async function startOnce(site: Site, { mock }: Scene): Promise<number> {
  const startedAt = performance.now();
  const target = await site.startTarget('cluster', { mockUrl: mock.origin, workers: WORKERS });
  try {
    const [key = ''] = target.keys;
    await alternate({ targets: [{ origin: target.url, key, model: 'mock-instant' }], warmUp: 0, count: 1 });
    return performance.now() - startedAt;
  } finally {
    await target.stop();
  }
}
