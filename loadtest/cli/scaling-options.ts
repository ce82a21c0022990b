import type { OptionGroup } from './option.js';
import { corePercent, curve, whole } from './values.js';

/** The scaling proof. */
export const SCALING_OPTIONS: OptionGroup = {
  heading: 'Scaling over cores:',
  options: [
    {
      flags: '--emulate-cores <n>',
      text: 'hold each worker to an equal CPU share, for 1, 2, … 2n workers',
      parse: whole(1, 32),
    },
    {
      flags: '--core-share <percent>',
      text: 'with --emulate-cores: share of a core for each worker',
      parse: corePercent,
      fallback: 15,
    },
    { flags: '--curve <list>', text: 'with --emulate-cores: other worker counts, like 1,2,4,8', parse: curve },
  ],
};
