/** A kept run for tests. */
import type { BarsRun, Figure } from './figure.js';
import { figure } from './verdict.js';

export function sampleFigure(value: number): Figure {
  return figure('chunk', { median: value, lowest: value - 0.1, highest: value + 0.1, rounds: 3 }, ['cluster: 30.0 µs a chunk']);
}

export function sampleRun(changes: Partial<BarsRun> = {}, gatewayNode = 'v20.20.2'): BarsRun {
  return {
    schemaVersion: 1,
    source: 'bars',
    startedAt: '2026-11-21T09:00:00.000Z',
    command: 'chunk --keep',
    machine: {
      ...{ node: 'v20.20.2', gatewayNode, commit: 'c3994ff+', cores: 2, cpuModel: 'A processor', memoryBytes: 8 * 2 ** 30 },
      ...{ kernel: '6.18', platform: 'linux x64', load: [0.5, 1.5], stealPercent: 0.2 },
    },
    pace: { rounds: 3, windowSeconds: 15, settleSeconds: 5 },
    figures: [sampleFigure(1.1)],
    problems: [],
    ...changes,
  };
}
