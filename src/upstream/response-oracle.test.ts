/**
 * The gateway's own client against undici's parser (llhttp): whatever ours accepts, undici must accept and understand alike.
 * Ours may refuse more, for the reasons in KNOWING. `FUZZ_RUNS` sets the number of cases, `FUZZ_SEED` which.
 */
import * as fc from 'fast-check';
import { test } from 'tap';
import { anyResponse, pieces } from '../../test/helpers/hostile-responses.js';
import { ResponseOracle, type Verdicts } from '../../test/helpers/response-oracle.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 1_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const AT_ONCE = 8;

/** Knowing strictness: what ours refuses in these words though undici accepts, why it should, and what the bytes then hold. */
const KNOWING: readonly (readonly [words: RegExp, why: string, bytes?: RegExp])[] = [
  [/no status line/, 'llhttp also takes HTTP/0.9 and 2.0', /HTTP\/(?:0\.9|2\.0) /],
  [/no status line/, 'llhttp takes control characters in a reason', /HTTP\/1\.[01] \d{3} [^\r\n]*[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/],
  [/no status line|without CR/, 'llhttp passes over empty lines before a status line', /(?:^|\n\r?\n)[\r\n]+HTTP\/1/],
  [/no status line|without CR/, 'llhttp takes a CR alone for the end of a status line', /HTTP\/1\.[01] \d{3}[^\n]*\r[^\n]/],
  [/a body announced with status/, 'llhttp passes over it; where another reader believes it, answers get out of step'],
  [/an unknown Transfer-Encoding/, 'llhttp reads a body whose last coding is not chunked until the connection ends'],
  [/two headers transfer-encoding/, 'the same, spread over two headers'],
  [/both Transfer-Encoding and/, 'the same, with a length', /transfer-encoding:(?![ \t]*chunked[ \t]*\r\n)/i],
  [/Transfer-Encoding in HTTP\/1\.0/, 'RFC 9112 §6.1: such framing is to be treated as faulty'],
  [/no size/, 'llhttp takes an extension without a name or behind = without a value', /[0-9a-f];(?:[^\r\n]*[;=])?[;=\r]/i],
  [/no size/, 'llhttp takes any number of zeros in front', /\n0[0-9a-f]{8,}[;\r]/i],
  [/trailers/, 'llhttp refuses Content-Length there, but not Transfer-Encoding', /\ntransfer-encoding:/i],
];

/** The other way round there is one difference. */
const UNASKED_CONTINUE = /^broken: UND_ERR_SOCKET bad response$/;

/** Why the two may not differ like this, '' if they may. */
function disagreement({ own, oracle }: Verdicts, text: string): string {
  if (own.fault.includes('hangs') || oracle.fault.includes('hangs')) return 'one of them hangs';
  // undici refuses a 100 that it did not ask for; RFC 9110 §15.2 lets a client pass over it.
  if (own.fault === '' && UNASKED_CONTINUE.test(oracle.fault) && /HTTP\/1\.[01] 100/.test(text)) return '';
  if (own.fault === '' && oracle.fault !== '') return `ours accepts, undici says ${oracle.fault}`;
  if (own.status !== undefined && oracle.status !== undefined && own.status !== oracle.status) return 'another status';
  if (own.fault === '') return own.payload === oracle.payload ? '' : 'another body';
  if (oracle.fault === '')
    return KNOWING.some(([words, , bytes]) => words.test(own.fault) && (bytes?.test(text) ?? true))
      ? ''
      : `ours alone refuses: ${own.fault}`;
  return own.payload.startsWith(oracle.payload) || oracle.payload.startsWith(own.payload) ? '' : 'another body before the fault';
}

test('what our client accepts, undici accepts and understands alike', async (t) => {
  const oracle = await ResponseOracle.start();
  t.teardown(() => oracle.stop());
  const cases = fc.sample(
    anyResponse.chain((text) => pieces(text).map((parts) => (parts.length > 100 ? [text] : parts))),
    { numRuns: RUNS, seed: SEED },
  );
  const tally = new Map<string, number>();
  const faults = new Map<string, string>();
  for (let at = 0; at < cases.length; at += AT_ONCE) {
    const batch = cases.slice(at, at + AT_ONCE);
    const verdicts = await Promise.all(batch.map((parts) => oracle.judge(parts)));
    verdicts.forEach((both, index) => {
      const outcome = `${both.own.fault === '' ? 'accepted' : 'refused'} by ours, ${both.oracle.fault === '' ? 'accepted' : 'refused'} by undici`;
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
      const why = disagreement(both, (batch[index] as string[]).join(''));
      if (why !== '' && !faults.has(why)) faults.set(why, JSON.stringify({ parts: batch[index], ...both }));
    });
  }
  for (const [outcome, count] of tally) t.comment(`${count} ${outcome}`);
  for (const [why, example] of faults) t.fail(`${why}: ${example}`);
  t.ok((tally.get('accepted by ours, accepted by undici') ?? 0) > RUNS / 20, 'many are accepted by both');
});

/** What fuzzing found where the two differed, without what did not matter. */
const FOUND: readonly (readonly [why: string, text: string, accepted: boolean])[] = [
  ['tabs around a length, in one', 'HTTP/1.1 429 Too Many\r\nContent-Length:  \t6  \t\r\n\r\n\r0\r\n\r\n', false],
  ['a tab around a length of nothing', 'HTTP/1.1 400 Y\r\nContent-Length:\t0\t\r\nx: y\r\n\r\n', false],
  ['an extension of any form', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b="c"\r\nx\r\n0\r\n\r\n', false],
  ['a tab behind an extension', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a="b"\t\r\nx\r\n0\r\n\r\n', false],
  ['an extension without a name', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;;a\r\nx\r\n0\r\n\r\n', false],
  [
    'a length in a trailer',
    'HTTP/1.1 491 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nContent-Length: 5\r\n\r\n',
    false,
  ],
  [
    'a coding in a trailer',
    'HTTP/1.1 491 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n',
    false,
  ],
  ['a 304 that announces a body', 'HTTP/1.1 304 OK\r\nContent-Length: 5\r\n\r\n0\r\n\r\n', false],
  [
    'an interim head that announces a body',
    'HTTP/1.1 103 OK\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    false,
  ],
  [
    'a close in an interim head',
    'HTTP/1.1 103 x\r\nConnection: close\r\n\r\nHTTP/1.1 438 x\r\nContent-Length: 1\r\n\r\nx',
    false,
  ],
  ['a size of nine digits', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n000000001\r\nx\r\n0\r\n\r\n', false],
  ['an empty coding with a length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: \r\nContent-Length: 5\r\n\r\n0\r\n\r\n', false],
  ['a CR in the reason', 'HTTP/1.1 465 \r\r\r\n\nx: y\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n', false],
  ['empty lines before the status line', 'HTTP/1.1 103 x\r\n\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx', false],
  ['a 100 that was not asked for', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 w\r\n\r\n', true],
  [
    'a coding padded by what is a space to String.trim',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\xa0\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    false,
  ],
];

test('what fuzzing found stays as it was decided', async (t) => {
  const oracle = await ResponseOracle.start();
  t.teardown(() => oracle.stop());
  for (const [why, text, accepted] of FOUND) {
    const both = await oracle.judge([text]);
    t.equal(both.own.fault === '', accepted, `${why}: ${both.own.fault}`);
    t.equal(disagreement(both, text), '', why);
  }
});
