/** The door to commander: command line → plain wishes. Every option says its unit and default. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadCommand, reportCommand } from './command.js';
import { TARGET_KINDS } from './engine/targets/target.js';
import type { LoadWishes } from './options.js';
import { scalingCommand } from './scaling/command.js';
import { parseCurve, type ScalingWishes } from './scaling/plan.js';

/** Parses and obeys the command line; gives the exit code. */
export async function runCli(args: readonly string[], entry: string): Promise<number> {
  let code = 0;
  const program = loadOptions(new Command('loadtest')).action(async (wishes: LoadWishes & Partial<ScalingWishes>) => {
    code = await (wishes.emulateCores
      ? scalingCommand(scalingWishes(program, wishes), entry)
      : loadCommand(withColor(wishes), entry));
  });
  program
    .command('report <summary.json>')
    .description('print the tables of an earlier run anew')
    .action(async (file: string) => {
      code = await reportCommand(file);
    });
  await program.parseAsync(args, { from: 'user' });
  return code;
}

function loadOptions(program: Command): Command {
  return loadShape(program)
    .description('Streams chat completions from many simulated users and measures answers, gateway and itself.')
    .option('--target <where>', 'cluster | single | conventional | go | direct (to the mock) | a URL', checkTarget, 'cluster')
    .option('--compare <list>', 'targets to run interleaved with the first, like single,conventional,go', targetList)
    .option('--repeats <n>', 'runs of each target, each in fresh processes (default: 3 with --compare, else 1)', whole(1, 100))
    .option('--workers <n>', 'worker processes of the cluster target', whole(1, 256), 4)
    .option('--model <name>', 'model asked for', 'mock-round')
    .option('--key <key>', 'client key sent as bearer token (a gateway given as URL may want one)')
    .option('--mock <url>', 'mock behind a target given as URL, to check counts against')
    .option('--pid <n>', 'process to watch (with its children) behind a target given as URL', whole(1, 2 ** 22))
    .option('--generators <n>', 'load generator processes (default: 1, from 301 users 2)', whole(1, 64))
    .option('--emulate-cores <n>', 'scaling proof: hold each worker to an equal CPU share, for 1, 2, … 2n workers', whole(1, 32))
    .option('--core-share <percent>', 'with --emulate-cores: share of a core for each worker', corePercent, 15)
    .option('--curve <list>', 'with --emulate-cores: other worker counts, like 1,2,4,8', curve)
    .option('--out <dir>', 'folder for results', 'results')
    .option('--json', 'print summary.json and nothing else', false)
    .option('-q, --quiet', 'only the report', false)
    .option('--no-color', 'no colours (NO_COLOR is obeyed too)')
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 could not run, 3 run invalid (numbers must not be used), 130 interrupted (partial report written).',
    );
}

function loadShape(program: Command): Command {
  const round = new Option(
    '--round <n>',
    'published round: 1 = 50 users, 20 credentials, 60 s; 2 = 1000 users, 500 credentials, 120 s (default: by --vus, else 1)',
  );
  return program
    .addOption(round.argParser(whole(1, 2)))
    .option('-u, --vus <n>', 'simulated users, each with one stream at a time (default: of the round)', whole(1, 20_000))
    .option('-d, --duration <time>', 'load after the warm-up, like 20s or 2m (default: of the round)', seconds)
    .option('--credentials <n>', 'credentials of the gateway (default: of the round)', whole(1, 100_000))
    .option('--warmup <time>', 'load before, whose times are not counted', seconds, 0)
    .option('--ramp <time>', 'time over which users begin (default: 0s, from 300 users 2s)', seconds)
    .option('--think <time>', 'pause of a user between streams, like 500ms or 1s..3s', thinkTime, [0, 0])
    .option('--grace <time>', 'longest wait for open streams at the end', seconds, 60)
    .option('--timeout <time>', 'longest time for one stream, first to last byte', seconds, 120)
    .option('--idle <time>', 'watching before the load (default: 10s, 5s for loads below 60s)', seconds)
    .option('--seed <n>', 'makes users and the mock repeat themselves', whole(0, 1_000_000_000), 0)
    .option('--time-scale <x>', 'the mock multiplies its pauses by this, 0.1 = ten times faster', scale, 1);
}

function withColor(wishes: LoadWishes): LoadWishes {
  return { ...wishes, color: wishes.color && !process.env.NO_COLOR && process.stdout.isTTY === true };
}

function scalingWishes(program: Command, wishes: LoadWishes & Partial<ScalingWishes>): ScalingWishes {
  const given = new Set(
    program.options.map((option) => option.attributeName()).filter((name) => program.getOptionValueSource(name) === 'cli'),
  );
  const { emulateCores = 1, coreShare = 15 } = wishes;
  return { ...withColor(wishes), emulateCores, coreShare, curve: wishes.curve, given };
}

function corePercent(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 100)) throw new InvalidArgumentError('percent of one core, from 1 to 100, please.');
  return value;
}

function curve(text: string): number[] {
  const workers = parseCurve(text);
  if (!workers) throw new InvalidArgumentError('worker counts from 1 to 64 like 1,2,4,8, please.');
  return workers;
}

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most}, please.`);
    return value;
  };
}

function scale(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('a number above 0 and up to 1000, please.');
  return value;
}

/** `500ms`, `20s`, `2m`, `1h` or plain seconds → seconds. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new InvalidArgumentError('a time like 500ms, 20s, 2m or 1h, please.');
  return Number(match[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[(match[2] ?? 's') as 'ms' | 's' | 'm' | 'h'];
}

/** One time or two with `..` between → from and to in milliseconds. */
export function thinkTime(text: string): [number, number] {
  const [from = '', to = from] = text.split('..');
  const range: [number, number] = [seconds(from) * 1000, seconds(to) * 1000];
  if (range[1] < range[0]) throw new InvalidArgumentError('the first time must not be the longer one.');
  return range;
}

function checkTarget(text: string): string {
  if ((TARGET_KINDS as readonly string[]).includes(text)) return text;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError(`${TARGET_KINDS.join(', ')} or a URL, please.`);
}

function targetList(text: string): string[] {
  return text.split(',').map((one) => checkTarget(one.trim()));
}
