import type { OptionGroup } from './option.js';
import { repeated } from './values.js';

/** Which scenarios are run, in place of a plain round. */
export const SCENARIO_OPTIONS: OptionGroup = {
  heading: 'Scenarios:',
  options: [
    {
      flags: '--scenario <name>',
      text: 'run a scenario by name or number, like sticky-session or 3; repeatable, commas too',
      parse: repeated,
    },
    { flags: '--capacity', text: 'the same as --scenario capacity', parse: () => ['capacity'], aliasOf: 'scenario' },
    { flags: '--all', text: 'run every scenario', fallback: false },
    { flags: '--list', text: 'print the scenarios: number, name, title, source, seconds quick and full', fallback: false },
    { flags: '--quick', text: 'short lengths: all scenarios together in under 15 minutes on two cores', fallback: false },
    { flags: '--full', text: "the seed documents' lengths; this is the default", fallback: false },
  ],
};
