/** Finding the top-level members of a request without building it. */
import { scanObject } from '../../../src/protocol/json-scan.js';
import type { Case } from '../measure.js';
import { chatBody } from '../samples.js';

const WANTED = new Set(['model', 'stream', 'messages']);
const numbers = JSON.stringify({ model: 'gpt-4o', input: Array.from({ length: 50_000 }, (_, index) => index) });

export const cases: readonly Case[] = [
  ...[2, 100, 3_000].map((turns) =>
    scan(`a chat of ${turns} turns`, chatBody(turns).toString('latin1'), 3, turns < 10 ? 1_000 : 5),
  ),
  scan('a list of 50,000 numbers', Buffer.from(numbers).toString('latin1'), 1, 5),
];

function scan(name: string, text: string, members: number, batch: number): Case {
  return {
    name: `${name}, ${Math.round(text.length / 1024)} KB`,
    run: () => scanObject(text, WANTED),
    check: (result: ReturnType<typeof scanObject>) => result.ok && result.members.size === members,
    batch,
  };
}
