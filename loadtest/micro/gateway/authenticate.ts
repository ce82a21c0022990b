/** Finding the caller by key, among many, and on an open gateway. */
import { hash } from 'node:crypto';
import { Authenticator, type Caller } from '../../../src/gateway/authenticate.js';
import type { Case } from '../measure.js';

const keyOf = (index: number): string => `tg-client-key-of-usual-length-${index}`;
const clients = Array.from({ length: 100 }, (_, index) => ({
  name: `client-${index}`,
  keyHash: hash('sha256', keyOf(index), 'hex'),
  models: ['*'],
}));
const headers = { authorization: `Bearer ${keyOf(57)}` };
const [guarded, open] = [new Authenticator(clients), new Authenticator([])];

export const cases: readonly Case[] = [
  {
    name: 'one of 100 clients',
    run: () => guarded.authenticate(headers),
    check: (caller: Caller) => caller.name === 'client-57',
  },
  {
    name: 'an open gateway',
    run: () => open.authenticate(headers),
    check: (caller: Caller) => caller.name === 'anonymous',
  },
];
