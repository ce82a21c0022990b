/**
 * Makes sure that the programs the tests start are there: a Redis server and a Chromium browser. Runs before
 * `npm test`; says nothing and does nothing when both are present. Plain Node, so that it works before any build.
 * `REDIS_SERVER` and `CHROMIUM_PATH` name programs in unusual places.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program the tests need: where to look for it, and what each package manager calls it (tried in this order). */
const NEEDS = [
  {
    what: 'a Redis server',
    variable: 'REDIS_SERVER',
    programs: ['redis-server', 'valkey-server'],
    files: [],
    packages: {
      'apt-get': ['redis-server', 'valkey-server'],
      dnf: ['redis', 'valkey'],
      apk: ['redis', 'valkey'],
      brew: ['redis'],
    },
  },
  {
    what: 'a Chromium browser',
    variable: 'CHROMIUM_PATH',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    files: ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    packages: {
      'apt-get': ['chromium', 'chromium-browser'],
      dnf: ['chromium'],
      apk: ['chromium'],
      brew: ['--cask chromium'],
    },
  },
];

/** How each package manager refreshes its lists and installs without asking. Homebrew refuses root and needs none. */
const MANAGERS = {
  'apt-get': { refresh: ['update'], install: ['install', '-y', '--no-install-recommends'], needsRoot: true },
  dnf: { install: ['install', '-y'], needsRoot: true },
  apk: { install: ['add', '--no-cache'], needsRoot: true },
  brew: { install: ['install'], needsRoot: false },
};

/** Package servers that hang must not hang the test run: ten minutes for a step. */
const STEP_TIMEOUT = 600_000;

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && isProgram(join(folder, program)));
}

function isPresent(need) {
  const named = process.env[need.variable];
  if (named) return isProgram(named) || onPath(named);
  return need.programs.some(onPath) || need.files.some(existsSync);
}

function run(command, words) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const result = spawnSync(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: STEP_TIMEOUT,
    env: environment,
    encoding: 'utf8',
  });
  return { ok: result.status === 0, text: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trim() };
}

/** The words to put before a package manager's own, or undefined where it may not be run. */
function privilege(needsRoot) {
  if (!needsRoot || process.getuid?.() === 0) return [];
  if (onPath('sudo') && run('sudo', ['-n', 'true']).ok) return ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'];
  return undefined;
}

/** Installs the first package that brings the program; returns what went wrong otherwise. */
function install(need, manager, prefix) {
  const complaints = [];
  for (const name of need.packages[manager]) {
    const [command, ...words] = [...prefix, manager, ...MANAGERS[manager].install, ...name.split(' ')];
    const { ok, text } = run(command, words);
    if (ok && isPresent(need)) return undefined;
    complaints.push(`${[command, ...words].join(' ')}:\n${text.split('\n').slice(-5).join('\n')}`);
  }
  return complaints.join('\n');
}

function refresh(manager, prefix) {
  const words = MANAGERS[manager].refresh;
  if (!words) return;
  const [command, ...rest] = [...prefix, manager, ...words];
  if (!run(command, rest).ok)
    console.error(`setup-tests: ${manager} ${words.join(' ')} failed; trying with the lists that are there`);
}

/** What a person must do for one missing program. */
function advice(need, manager) {
  const command = manager
    ? `\`${[manager, ...MANAGERS[manager].install, need.packages[manager][0]].join(' ')}\``
    : 'your package manager';
  const root = manager && MANAGERS[manager].needsRoot ? ' as root' : '';
  return `setup-tests: the tests need ${need.what} (${need.programs.join(', ')}). Install it with \`${command}\`${root}, or set ${need.variable} to its path.`;
}

function main() {
  const missing = NEEDS.filter((need) => !isPresent(need));
  if (missing.length === 0) return 0;
  const manager = Object.keys(MANAGERS).find(onPath);
  const wrong = missing.filter((need) => process.env[need.variable]);
  for (const need of wrong)
    console.error(`setup-tests: ${need.variable}=${process.env[need.variable]} is no program that can be run`);
  const prefix = manager && privilege(MANAGERS[manager].needsRoot);
  if (wrong.length > 0 || !prefix) {
    for (const need of missing) console.error(advice(need, manager));
    return 1;
  }
  refresh(manager, prefix);
  let faults = 0;
  for (const need of missing) {
    console.log(`setup-tests: installing ${need.what} with ${manager}`);
    const complaint = install(need, manager, prefix);
    if (complaint === undefined) continue;
    faults++;
    console.error(`${complaint}\n${advice(need, manager)}`);
  }
  return faults === 0 ? 0 : 1;
}

process.exitCode = main();
