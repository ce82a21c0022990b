import type { OptionGroup } from './option.js';
import { seconds, thinkTime, timeScale, whole } from './values.js';

/** The load of a plain round: who comes, how long, how fast. */
export const LOAD_OPTIONS: OptionGroup = {
  heading: 'Load of a plain round:',
  options: [
    {
      flags: '--round <n>',
      text: 'published round: 1 = 50 users, 20 credentials, 60 s; 2 = 1000 users, 500 credentials, 120 s (default: by --vus, else 1)',
      parse: whole(1, 2),
    },
    {
      flags: '-u, --vus <n>',
      text: 'simulated users, each with one stream at a time; -c says the same (default: of the round)',
      parse: whole(1, 20_000),
    },
    { flags: '-c, --connections <n>', text: 'the same as --vus', parse: whole(1, 20_000), aliasOf: 'vus' },
    { flags: '-d, --duration <time>', text: 'load after the warm-up, like 20s or 2m (default: of the round)', parse: seconds },
    {
      flags: '--credentials <n>',
      text: 'upstream credentials of the gateway (default: of the round)',
      parse: whole(1, 100_000),
    },
    {
      flags: '-W, --warmup <time>',
      text: 'load before, whose times are not counted',
      parse: seconds,
      fallback: 0,
      fallbackText: '0s',
    },
    { flags: '--ramp <time>', text: 'time over which users begin (default: 0s, from 300 users 2s)', parse: seconds },
    {
      flags: '--think <time>',
      text: 'pause of a user between streams, like 500ms or 1s..3s',
      parse: thinkTime,
      fallback: [0, 0],
      fallbackText: '0s',
    },
    {
      flags: '--grace <time>',
      text: 'longest wait for open streams at the end',
      parse: seconds,
      fallback: 60,
      fallbackText: '60s',
    },
    {
      flags: '-t, --timeout <time>',
      text: 'longest time for one stream, first to last byte',
      parse: seconds,
      fallback: 120,
      fallbackText: '120s',
    },
    { flags: '--idle <time>', text: 'watching before the load (default: 10s, 5s for loads below 60s)', parse: seconds },
    {
      flags: '--seed <n>',
      text: 'makes users and the mock repeat themselves; scenarios too',
      parse: whole(0, 1_000_000_000),
      fallback: 0,
    },
    {
      flags: '--time-scale <x>',
      text: 'the mock multiplies its pauses by this, 0.1 = ten times faster',
      parse: timeScale,
      fallback: 1,
    },
    {
      flags: '--generators <n>',
      text: 'load generator processes (default: 1, from 301 users 2)',
      parse: whole(1, 64),
    },
  ],
};
