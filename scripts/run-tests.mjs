/**
 * `npm test`: all tests, two files at a time; files that fail are run once more, one after another, with the machine to
 * themselves. Whole gateways with their workers, Redis and Chromium share two cores here: a file that passes alone met a
 * stall of the machine and not a fault, and is named as such. Files given as arguments are run as they are, once.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Where tap leaves what each file said. */
const RESULTS = join(ROOT, '.tap', 'test-results');
/** With more than these something is broken, and running it all again would only take time. */
const MOST_FILES = 6;
const MOST_MINUTES = 22;

/** @param {readonly string[]} args */
function tap(args) {
  const program = join(dirname(createRequire(import.meta.url).resolve('tap/package.json')), 'dist/esm/run.mjs');
  return spawnSync(process.execPath, [program, 'run', ...args], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

/** Test files whose last result is a failure, as paths in the project. */
function failedFiles() {
  if (!existsSync(RESULTS)) return [];
  return readdirSync(RESULTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tap') && !hasPassed(readFileSync(join(RESULTS, name), 'utf8')))
    .map((name) => relative(ROOT, join(ROOT, name.slice(0, -'.tap'.length))));
}

/** A file that broke off has no plan at its end. */
function hasPassed(said) {
  return /^1\.\.\d+/m.test(said) && !/^(not ok|Bail out!)/m.test(said);
}

const given = process.argv.slice(2);
const startedAt = Date.now();
rmSync(RESULTS, { recursive: true, force: true });
let code = tap(given);
const failed = code === 0 || given.length > 0 ? [] : failedFiles();
const hasTime = Date.now() - startedAt < MOST_MINUTES * 60_000;
if (failed.length > 0 && failed.length <= MOST_FILES && hasTime) {
  for (const file of failed) console.log(`# once more, alone: ${file}`);
  code = tap(['--jobs=1', ...failed]);
}
process.exit(code);
