import { test } from 'tap';
import { readHeadroom, readReset } from './headroom.js';

const openai = (headers: Record<string, string>) => readHeadroom('openai', new Map(Object.entries(headers)));
const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';

test('nothing is said while something is left, or where the headers are absent', async (t) => {
  t.equal(openai({}), undefined);
  t.equal(openai({ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1s' }), undefined);
  t.equal(openai({ 'x-ratelimit-remaining-requests': '0' }), undefined, 'a limit that does not say when it fills up');
  t.equal(openai({ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '3' }), undefined);
});

test('the longest of the limits of which nothing is left counts', async (t) => {
  const headers = {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1.5s',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '6m0s',
  };
  t.equal(openai(headers), 360_000);
  t.equal(openai({ ...headers, 'x-ratelimit-remaining-tokens': '7' }), 1_500);
});

test("Anthropic's limits say when by the clock of the answer", async (t) => {
  for (const what of ['requests', 'tokens', 'input-tokens', 'output-tokens'])
    t.equal(
      readHeadroom(
        'anthropic',
        new Map([
          [`anthropic-ratelimit-${what}-remaining`, '0'],
          [`anthropic-ratelimit-${what}-reset`, '1994-11-06T08:50:07Z'],
          ['date', DATE],
        ]),
      ),
      30_000,
      what,
    );
});

test('every form of a reset, and nothing else', async (t) => {
  const forms: [string, number][] = [
    ['20ms', 20],
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['12', 12_000],
    ['0.25', 250],
    ['1994-11-06T08:49:38.5+00:00', 1_500],
    ['1994-11-06T08:49:00Z', 0],
  ];
  for (const [text, milliseconds] of forms) t.equal(readReset(text, DATE), milliseconds, text);
  for (const text of [
    '',
    's',
    '-1s',
    '1 s',
    'soon',
    '1e9',
    'NaN',
    '1994-13-06T08:49:38Z',
    '1994-11-06',
    '1'.repeat(41),
    's'.repeat(1e5),
  ])
    t.equal(readReset(text, DATE), undefined, text.slice(0, 50));
});
