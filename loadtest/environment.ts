import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Environment } from './result.js';

/** Where a run happened; belongs to every number. */
export function readEnvironment(): Environment {
  return {
    node: process.version,
    commit: readCommit(),
    cores: cpus().length,
    cpuModel: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: release(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Short hash, with `+` when the working tree differs from it; `unknown` outside a checkout. */
function readCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '');
  } catch {
    return 'unknown';
  }
}
