import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { readSteal } from '../engine/proc.js';
import { readEnvironment } from '../environment.js';
import type { Machine } from './figure.js';

/** Watches what belongs to every number: where it was measured, and how quiet the machine was meanwhile. */
export class MachineWatch {
  readonly #environment = readEnvironment();
  readonly #gatewayNode: string;
  readonly #loadBefore = loadavg()[0] ?? 0;
  readonly #stealBefore = readSteal();

  constructor(nodePath: string) {
    this.#gatewayNode = execFileSync(nodePath, ['--version'], { encoding: 'utf8' }).trim();
  }

  facts(): Machine {
    const steal = readSteal();
    const total = steal.total - this.#stealBefore.total;
    return {
      ...this.#environment,
      gatewayNode: this.#gatewayNode,
      load: [this.#loadBefore, loadavg()[0] ?? 0],
      stealPercent: total > 0 ? (100 * (steal.steal - this.#stealBefore.steal)) / total : 0,
    };
  }
}
