import type { OptionGroup } from './option.js';
import { oneOf, stages, urlPath, whole } from './values.js';

/** Other loads than a constant number of users that stream chat. */
export const SHAPE_OPTIONS: OptionGroup = {
  heading: 'Shape of the load (any of these but --users, --api, --no-stream and --path takes the own engine):',
  options: [
    {
      flags: '-R, --rate <n>',
      text: 'open model: n requests begin each second, all generators together, whether or not others have ended; --vus is then the most in flight, more are dropped and counted (default: 20 × the rate, 100 to 10000)',
      parse: whole(1, 100_000),
    },
    {
      flags: '--arrivals <spacing>',
      text: 'with --rate: constant | poisson (by the seed)',
      parse: oneOf('constant', 'poisson'),
      fallback: 'constant',
    },
    {
      flags: '-s, --stage <time:level>',
      text: 'ramp to a number of users, with --rate to a rate, like 30s:100; repeatable; begins at --vus (default 0) or --rate and takes the place of --duration',
      parse: stages,
    },
    {
      flags: '-i, --iterations <n>',
      text: 'end after n requests of all users together (within --duration, default 10m)',
      parse: whole(1, 1_000_000_000),
    },
    {
      flags: '--users <file>',
      text: "users' keys, sessions, models, prompts and weights from a .csv or .json file (loadtest/examples)",
    },
    {
      flags: '--api <name>',
      text: 'chat | messages | responses | get (default: chat)',
      parse: oneOf('chat', 'messages', 'responses', 'get'),
    },
    { flags: '--no-stream', text: 'ask for whole answers' },
    { flags: '--path <path>', text: "another path than the API's own", parse: urlPath },
    { flags: '--engine <name>', text: 'autocannon | own (default: autocannon where it can)', parse: oneOf('autocannon', 'own') },
  ],
};
