import type { OptionGroup } from './option.js';
import { target, targetList, whole } from './values.js';

/** Where the load goes. */
export const TARGET_OPTIONS: OptionGroup = {
  heading: 'Target:',
  options: [
    {
      flags: '--target <where>',
      text: 'cluster | single | conventional | go | direct (to the mock) | nginx | litellm | portkey | a URL',
      parse: target,
      fallback: 'cluster',
    },
    {
      flags: '--compare <list>',
      text: 'targets to run interleaved with the first, like single,conventional,go',
      parse: targetList,
    },
    {
      flags: '--repeats <n>',
      text: 'runs of each target, each in fresh processes (default: 3 with --compare, 6 with --base and baselines, else 1)',
      parse: whole(1, 100),
    },
    {
      flags: '-w, --workers <n>',
      text: 'worker processes of the cluster target; in scenarios too',
      parse: whole(1, 256),
      fallback: 4,
    },
    {
      flags: '--peers <dir>',
      text: 'where litellm and portkey are installed, and will be from their registries if they are not (default: a litellm on PATH)',
    },
    { flags: '--model <name>', text: 'model asked for', fallback: 'mock-round' },
    { flags: '--key <key>', text: 'client key sent as bearer token (a gateway given as URL may want one)' },
    { flags: '--mock <url>', text: 'mock behind a target given as URL, to check counts against' },
    {
      flags: '--pid <n>',
      text: 'process to watch (with its children) behind a target given as URL',
      parse: whole(1, 2 ** 22),
    },
  ],
};
