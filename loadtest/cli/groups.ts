import { BASELINE_OPTIONS } from './baseline-options.js';
import { LOAD_OPTIONS } from './load-options.js';
import type { OptionGroup } from './option.js';
import { OUTPUT_OPTIONS } from './output-options.js';
import { PROBE_OPTIONS } from './probe-options.js';
import { SCALING_OPTIONS } from './scaling-options.js';
import { SCENARIO_OPTIONS } from './scenario-options.js';
import { SHAPE_OPTIONS } from './shape-options.js';
import { TARGET_OPTIONS } from './target-options.js';

/** The groups of --help, in its order; a part that brings options brings a file and a line here. */
export const GROUPS: readonly OptionGroup[] = [
  SCENARIO_OPTIONS,
  LOAD_OPTIONS,
  SHAPE_OPTIONS,
  TARGET_OPTIONS,
  BASELINE_OPTIONS,
  PROBE_OPTIONS,
  SCALING_OPTIONS,
  OUTPUT_OPTIONS,
];
