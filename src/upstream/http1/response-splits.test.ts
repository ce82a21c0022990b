/** What is read never depends on how the bytes came. `FUZZ_RUNS` sets the number of cases. */
import * as fc from 'fast-check';
import { test } from 'tap';
import { anyResponse, pieces, validResponse } from '../../../test/helpers/hostile-responses.js';
import { type Reading, readResponse } from '../../../test/helpers/read-response.js';

const numRuns = Number(process.env.FUZZ_RUNS ?? 1_500);

const split = <T extends { readonly text: string }>(responses: fc.Arbitrary<T>) =>
  responses.chain((given) => pieces(given.text).map((parts) => ({ ...given, parts })));

/** Chunks as another reader would take them apart; throws where they are not whole and plain. */
function deframe(framed: string): string {
  let payload = '';
  for (let at = 0; at < framed.length; ) {
    const [line = '', digits = ''] = /^([0-9a-fA-F]{1,8})\r\n/.exec(framed.slice(at, at + 12)) ?? [];
    const length = Number.parseInt(digits, 16);
    const start = at + line.length;
    if (!(length > 0) || framed.slice(start + length, start + length + 2) !== '\r\n') throw new Error(`no chunk at ${at}`);
    payload += framed.slice(start, start + length);
    at = start + length + 2;
  }
  return payload;
}

test('any valid response gives the same head, payload and end, however it is split', (t) => {
  fc.assert(
    fc.property(split(validResponse), ({ parts, status, headers, payload }) => {
      const reading = readResponse(parts);
      return (
        reading.fault === '' &&
        reading.status === status &&
        JSON.stringify([...(reading.head?.headers ?? [])].sort()) === JSON.stringify([...headers].sort()) &&
        reading.payload === payload &&
        reading.complete &&
        !reading.surplus
      );
    }),
    { numRuns },
  );
  t.pass();
  t.end();
});

test('chunks that go on as they came are bytes that came, and hold the payload', (t) => {
  fc.assert(
    fc.property(split(validResponse), ({ parts }) => {
      const chunks = readResponse(parts).bodies.filter(({ framed }) => framed !== '');
      return chunks.every(({ payload, framed }) => deframe(framed) === payload && parts.some((part) => part.endsWith(framed)));
    }),
    { numRuns },
  );
  t.pass();
  t.end();
});

test('reads of whole plain chunks all go on as they came', (t) => {
  const chunk = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.array(chunk, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (reads) => {
      const parts = reads.map((chunks) => chunks.map((data) => `${data.length.toString(16)}\r\n${data}\r\n`).join(''));
      const { bodies, complete } = readResponse(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', ...parts, '0\r\n\r\n']);
      return (
        complete &&
        JSON.stringify(bodies) === JSON.stringify(reads.map((chunks, at) => ({ payload: chunks.join(''), framed: parts[at] })))
      );
    }),
    { numRuns },
  );
  t.pass();
  t.end();
});

test('any bytes at all are judged alike, however they are split', (t) => {
  // How much of a body goes out before a fault behind it is seen may differ.
  const verdict = ({ status, payload, complete, fault }: Reading) =>
    JSON.stringify([status, fault === '' && payload, complete, fault !== '']);
  fc.assert(
    fc.property(
      split(anyResponse.map((text) => ({ text }))),
      ({ text, parts }) => verdict(readResponse(parts)) === verdict(readResponse([text])),
    ),
    { numRuns },
  );
  t.pass();
  t.end();
});

test('bytes behind a valid response never change what it says', (t) => {
  fc.assert(
    fc.property(validResponse, fc.string({ minLength: 1 }), ({ text, payload }, more) => {
      const reading = readResponse([text + more]);
      return reading.head?.framing.kind === 'until-close' || (reading.surplus && reading.payload === payload);
    }),
    { numRuns },
  );
  t.pass();
  t.end();
});
