/** Cutting a stream at event borders, in the shapes that reads come in. */
import { EventAligner, eventData } from '../../../src/protocol/sse.js';
import type { Case } from '../measure.js';
import { EVENT, flat } from '../samples.js';

const [whole, four, halves] = [flat(EVENT), flat(EVENT.repeat(4)), [flat(EVENT.slice(0, 60)), flat(EVENT.slice(60))] as const];
const aligner = new EventAligner();

export const cases: readonly Case[] = [
  { name: 'a read of one event', run: () => aligner.push(whole), check: (out: string) => out === whole },
  { name: 'a read of four events', run: () => aligner.push(four), check: (out: string) => out === four },
  {
    name: 'an event in two reads',
    run: () => aligner.push(halves[0]) + aligner.push(halves[1]),
    check: (out: string) => out === EVENT,
  },
  { name: 'the data of an event', run: () => eventData(whole), check: ([data]: string[]) => data?.startsWith('{') === true },
];
