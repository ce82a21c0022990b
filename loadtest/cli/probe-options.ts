import type { OptionGroup } from './option.js';

/** Why the gateway costs what it costs. */
export const PROBE_OPTIONS: OptionGroup = {
  heading: 'Looking inside (cluster, single, conventional):',
  options: [
    {
      flags: '--profile-cpu',
      text: 'V8 CPU profiles of primary and workers during the load, for a flame graph, and a table of the busiest functions',
      fallback: false,
    },
    {
      flags: '--heap',
      text: 'memory of every process after a collection at idle, peak and after; snapshots of one (up to 256 MB of heap)',
      fallback: false,
    },
  ],
};
