/** Reading the chunk framing of an upstream's stream, kept as it is where it may go on so. */
import { ChunkedBody } from '../../../src/upstream/http1/chunked-body.js';
import type { Case } from '../measure.js';
import { EVENT, flat } from '../samples.js';

const chunk = `${EVENT.length.toString(16)}\r\n${EVENT}\r\n`;
const body = new ChunkedBody();

export const cases: readonly Case[] = [
  read('a read of one chunk', [chunk], EVENT),
  read('a read of four chunks', [chunk.repeat(4)], EVENT.repeat(4)),
  read('a chunk in two reads', [chunk.slice(0, 70), chunk.slice(70)], EVENT),
];

function read(name: string, reads: readonly string[], payload: string): Case {
  const texts = reads.map(flat);
  return {
    name,
    run: () => {
      let whole = '';
      for (const text of texts) {
        body.push(text);
        whole += body.payload;
      }
      return whole;
    },
    check: (whole: string) => whole === payload,
  };
}
