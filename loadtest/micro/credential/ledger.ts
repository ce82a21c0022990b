/** Choosing among 500 credentials: the next in turn, a known session, a new one. */
import { Ledger } from '../../../src/credential/ledger.js';
import type { Choice } from '../../../src/credential/types.js';
import type { Case } from '../measure.js';
import { benchConfig } from '../store-worker.js';

const ledger = new Ledger(benchConfig(undefined));
const { name: alias } = benchConfig(undefined).models[0] ?? { name: '*' };
let asked = 0;

export const cases: readonly Case[] = [
  { name: 'next in turn', run: () => ledger.choose({ alias, model: alias }, 1), check: (choice: Choice) => choice.found },
  {
    name: 'a known session',
    run: () => ledger.choose({ alias, model: alias, session: 'always-the-same' }, 1),
    check: (choice: Choice) => choice.found,
  },
  {
    name: 'a new session',
    run: () => ledger.choose({ alias, model: alias, session: `session-${asked++}` }, 1),
    check: (choice: Choice) => choice.found && !choice.sticky,
    batch: 100,
  },
];
