/** The door to commander: the groups of `cli/` → plain wishes → the command that obeys them. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { baselineCommand } from './baseline/command.js';
import { RoundSubject } from './baseline/round-subject.js';
import { SuiteSubject } from './baseline/suite-subject.js';
import { type BaselineWishes, isBaseline } from './baseline/wishes.js';
import { CONFIG_OPTIONS, type ConfigWishes, configKind } from './cli/config-options.js';
import { GROUPS } from './cli/groups.js';
import { type OptionWords, WrongValue } from './cli/option.js';
import { loadCommand } from './command.js';
import { configCommand } from './configs/file.js';
import { KIND_TEXTS, type Kind } from './configs/kinds.js';
import { EXIT } from './exit.js';
import type { LoadWishes } from './options.js';
import { reportCommand } from './report-command.js';
import { scalingCommand } from './scaling/command.js';
import type { ScalingWishes } from './scaling/plan.js';
import { suiteCommand } from './scenarios/suite-command.js';
import { isSuite, type SuiteWishes } from './scenarios/suite-wishes.js';

/** All that the options may say. */
type Wishes = LoadWishes & Partial<ScalingWishes> & SuiteWishes & BaselineWishes;

/** Parses and obeys the command line; gives the exit code. */
export async function runCli(args: readonly string[], entry: string): Promise<number> {
  let code = 0;
  const program = described(new Command('loadtest')).action(async (said: Wishes) => {
    code = await obey(withColor({ ...switchesOff(), ...said }), program, args, entry);
  });
  for (const { heading, options } of GROUPS)
    for (const words of options) program.addOption(asOption(words, program).helpGroup(heading));
  program
    .command('report <summary.json>')
    .description('print the tables of an earlier run anew, and make its other files anew beside it')
    .action(async (file: string) => {
      code = await reportCommand(file);
    });
  addConfigs(program);
  await program.parseAsync(args, { from: 'user' });
  return code;
}

/** `configs <kind>`: its options are its own, so those of the load stand before it. */
function addConfigs(program: Command): void {
  const kinds = Object.entries(KIND_TEXTS).map(([kind, text]) => `  ${kind.padEnd(10)} ${text}`);
  const command = program
    .enablePositionalOptions()
    .command('configs')
    .description('print or write a gateway config for load, with made-up keys')
    .argument('<kind>', Object.keys(KIND_TEXTS).join(', '), (word) => readValue(() => configKind(word)))
    .addHelpText('after', `\nKinds:\n${kinds.join('\n')}`)
    .action(async (kind: Kind, { mock, output, ...wishes }: ConfigWishes) => {
      const [first = '', ...more] = mock;
      await configCommand(kind, { ...wishes, mocks: [first, ...more], file: output });
    });
  for (const words of CONFIG_OPTIONS.options) command.addOption(asOption(words, command));
}

function obey(wishes: Wishes, program: Command, args: readonly string[], entry: string): Promise<number> {
  const given = givenOptions(program);
  if (wishes.live !== undefined && (isBaseline(wishes) || wishes.emulateCores)) {
    console.error('could not run: --live follows plain rounds and scenarios; this is neither');
    return Promise.resolve(EXIT.couldNotRun);
  }
  if (isBaseline(wishes)) {
    const subject = () =>
      isSuite(wishes) ? new SuiteSubject({ ...wishes, given, args }, entry) : new RoundSubject(wishes, entry);
    return baselineCommand({ ...wishes, args }, subject, entry);
  }
  if (isSuite(wishes)) return suiteCommand({ ...wishes, given, args }, entry);
  if (wishes.emulateCores) return scalingCommand(scalingWishes(wishes, given), entry);
  return loadCommand(wishes, entry);
}

function described(program: Command): Command {
  return program
    .description('Streams chat completions from many simulated users and measures answers, gateway and itself.')
    .addHelpText(
      'after',
      '\nWithout --scenario, --all or --list one plain round of streamed chat is run.' +
        '\nExit codes: 0 ok, 1 could not run, 3 run invalid (numbers must not be used), 99 a threshold was not kept or a revision is worse,' +
        ' 130 interrupted (partial report written).',
    );
}

function asOption(words: OptionWords, program: Command): Option {
  const { flags, text, parse, fallback, fallbackText, aliasOf } = words;
  const option = new Option(flags, text);
  if (parse) option.argParser((word: string, before: unknown) => readValue(() => parse(word, before)));
  // --help would say of every switch that it is off.
  if (fallback !== undefined && fallback !== false) option.default(fallback, fallbackText);
  if (aliasOf === undefined) return option;
  program.on(`option:${option.name()}`, (word: string) =>
    program.setOptionValueWithSource(
      aliasOf,
      readValue(() => parse?.(word, undefined) ?? word),
      'cli',
    ),
  );
  return option.hideHelp();
}

/** What the switches are that were not given. */
function switchesOff(): object {
  const off = GROUPS.flatMap(({ options }) => options).filter(({ fallback }) => fallback === false);
  return Object.fromEntries(off.map(({ flags, text }) => [new Option(flags, text).attributeName(), false]));
}

function readValue<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongValue) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

/** Names of the options that stood on the command line. */
function givenOptions(program: Command): Set<string> {
  const names = program.options.map((option) => option.attributeName());
  return new Set(names.filter((name) => program.getOptionValueSource(name) === 'cli'));
}

function withColor(wishes: Wishes): Wishes {
  return { ...wishes, color: wishes.color && !process.env.NO_COLOR && process.stdout.isTTY === true };
}

function scalingWishes(wishes: Wishes, given: ReadonlySet<string>): ScalingWishes {
  const { emulateCores = 1, coreShare = 15 } = wishes;
  return { ...wishes, emulateCores, coreShare, curve: wishes.curve, given };
}
