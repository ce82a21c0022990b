import { BASELINE_FOLDER, isBaselineName } from '../baseline/kept-baseline.js';
import { type OptionGroup, WrongValue } from './option.js';

/** Comparing builds, and keeping figures for later. */
export const BASELINE_OPTIONS: OptionGroup = {
  heading: 'Comparing revisions:',
  options: [
    {
      flags: '--base <rev>',
      text: 'run another build in turn with this one, --repeats times each (default: 6): a git revision, built aside, or a folder of built programs; exit 99 on a regression',
    },
    {
      flags: '--max-regression <percent>',
      text: 'how much worse a median may be, like 5% (default: 5%); with --baseline: build the revision kept there and run it in turn',
      parse: percent,
    },
    { flags: '--save-baseline <name>', text: 'keep the figures of --repeats runs (default: 6)', parse: baselineName },
    {
      flags: '--baseline <name>',
      text: 'compare with kept figures; alone this is a trend and fails nothing',
      parse: baselineName,
    },
    { flags: '--baselines <dir>', text: 'folder of kept figures', fallback: BASELINE_FOLDER },
  ],
};

/** `5%` or `5` → 0.05. */
export function percent(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text);
  const value = Number(match?.[1]);
  if (!match || value > 1000) throw new WrongValue('a share like 5%, please.');
  return value / 100;
}

function baselineName(text: string): string {
  if (!isBaselineName(text)) throw new WrongValue('a name of letters, digits, dots, hyphens and underscores, please.');
  return text;
}
