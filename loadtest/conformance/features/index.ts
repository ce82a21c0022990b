/** The rows of the matrix, in order. */
import type { Feature } from '../feature.js';
import { BODY_FEATURES } from './bodies.js';
import { ERROR_FEATURES } from './errors.js';
import { INPUT_FEATURES } from './inputs.js';
import { LIST_FEATURES } from './lists.js';
import { TEXT_FEATURES } from './text.js';
import { THINKING_FEATURES } from './thinking.js';
import { TOOL_FEATURES } from './tools.js';

export const FEATURES: readonly Feature[] = [
  ...TEXT_FEATURES,
  ...TOOL_FEATURES,
  ...THINKING_FEATURES,
  ...INPUT_FEATURES,
  ...BODY_FEATURES,
  ...ERROR_FEATURES,
  ...LIST_FEATURES,
];
