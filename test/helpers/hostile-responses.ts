/** Responses to read: valid ones with what they mean, and ones made to be understood in two ways. Text is latin1. */
import * as fc from 'fast-check';

/** A valid response and what a reader has to make of it. */
export interface ValidResponse {
  readonly text: string;
  readonly status: number;
  /** Lower-case name and value, the last of each. */
  readonly headers: readonly (readonly [string, string])[];
  readonly payload: string;
}

interface Framed {
  readonly fields: readonly string[];
  readonly payload: string;
  readonly wire: string;
}

const CHARACTERS = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => String.fromCharCode(from + at));
const VISIBLE = CHARACTERS(0x21, 0x7e);
const HIGH = CHARACTERS(0x80, 0xff);
const TOKEN = VISIBLE.filter((character) => !'"(),/:;<=>?@[\\]{}'.includes(character));

const textOf = (characters: readonly string[], maxLength: number, minLength = 0): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });

const padding = fc.constantFrom('', ' ', '\t', '  \t');
const value = fc
  .tuple(textOf([...VISIBLE, ...HIGH], 12), textOf([...VISIBLE, ' ', '\t'], 8), textOf(VISIBLE, 3))
  .map((parts) => parts.join('').replace(/^[ \t]+|[ \t]+$/g, ''));
const name = textOf(TOKEN, 10, 1).map((token) => `x-${token}`);
const field = fc.tuple(name, padding, value, padding);
const fields = fc.array(field, { maxLength: 6 });

/** Bodies like those of the trade, and bodies that look like framing. */
const body = fc.oneof(
  textOf(CHARACTERS(0, 0xff), 60),
  fc
    .array(
      fc.constantFrom(
        '0\r\n\r\n',
        '\r\n',
        'HTTP/1.1 200 OK\r\n\r\n',
        'data: {"a":1}\n\n',
        '5\r\nhello\r\n',
        '\0',
        '\xff',
        'a',
        '\r',
        '\n',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.integer({ min: 0, max: 300 }).map((length) => 'x'.repeat(length)),
);

const size = (length: number): fc.Arbitrary<string> =>
  fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 4 })).map(([upper, zeros]) => {
    const digits = length.toString(16);
    return '0'.repeat(zeros) + (upper ? digits.toUpperCase() : digits);
  });
const extension = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.tuple(textOf(TOKEN, 6, 1), textOf(TOKEN, 6, 1)).map(([key, text]) => `;${key}=${text}`),
  textOf(TOKEN, 8, 1).map((text) => `;${text}="${text}"`),
);

function chunk(data: string): fc.Arbitrary<string> {
  return fc.tuple(size(data.length), extension).map(([digits, more]) => `${digits}${more}\r\n${data}\r\n`);
}

/** The body cut into one chunk or more, the last chunk and trailers behind. */
function inChunks(payload: string): fc.Arbitrary<string> {
  const cuts = fc.array(fc.nat({ max: payload.length }), { maxLength: 6 });
  const trailers = fc.array(field, { maxLength: 2 });
  return fc.tuple(cuts, trailers, size(0), extension).chain(([places, more, zero, last]) => {
    const edges = [...new Set([0, ...places, payload.length])].sort((a, b) => a - b);
    const pieces = edges.slice(1).map((edge, at) => chunk(payload.slice(edges[at], edge)));
    const end = `${zero}${last}\r\n${more.map(line).join('')}\r\n`;
    return pieces.length === 0 ? fc.constant(end) : fc.tuple(...pieces).map((chunks) => chunks.join('') + end);
  });
}

const spelling = fc.constantFrom('transfer-encoding', 'Transfer-Encoding', 'TRANSFER-ENCODING');
const framing: fc.Arbitrary<Framed> = body.chain((payload) =>
  fc.oneof(
    fc
      .constantFrom('', ' ', '  ')
      .map((space) => ({ fields: [`Content-Length:${space}${payload.length}${space}`], payload, wire: payload })),
    {
      weight: 3,
      arbitrary: fc.tuple(spelling, inChunks(payload)).map(([te, wire]) => ({ fields: [`${te}: chunked`], payload, wire })),
    },
    fc.constant({ fields: [], payload, wire: payload }),
  ),
);

const interim = fields.map((more) => `HTTP/1.1 103 Early Hints\r\n${more.map(line).join('')}\r\n`);
const withBody = fc.oneof(
  fc.constantFrom(200, 200, 400, 429, 500, 529),
  fc.integer({ min: 205, max: 599 }).filter((code) => code !== 304),
);
const reason = fc.oneof(
  fc.constantFrom('', ' ', ' OK', ' Too Many Requests'),
  textOf([...VISIBLE, ' '], 12).map((text) => ` ${text}`),
);

function line([key, before, text, after]: readonly [string, string, string, string]): string {
  return `${key}:${before}${text}${after}\r\n`;
}

/** A response that no two readers can understand in two ways; it ends where its text ends. */
export const validResponse: fc.Arbitrary<ValidResponse> = fc
  .tuple(fc.array(interim, { maxLength: 2 }), withBody, reason, fields, framing, fc.nat(), fc.boolean())
  .map(([before, status, words, more, framed, turn, empty]) => {
    const code = empty && turn % 8 === 0 ? (turn % 16 === 0 ? 204 : 304) : status;
    const { fields: own, payload, wire } = code === 204 || code === 304 ? { fields: [], payload: '', wire: '' } : framed;
    const lines = more.map(line);
    lines.splice(turn % (lines.length + 1), 0, ...own.map((text) => `${text}\r\n`));
    const head = `HTTP/1.1 ${code}${words}\r\n${lines.join('')}\r\n`;
    const headers = new Map(lines.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), unpadded(text)]));
    return { text: before.join('') + head + wire, status: code, headers: [...headers], payload };
  });

function unpadded(text: string): string {
  return text.slice(text.indexOf(':') + 1).replace(/^[ \t]+|[ \t]+\r\n$|\r\n$/g, '');
}

const HOSTILE = [
  ...[
    '\r',
    '\n',
    '\0',
    ' ',
    '\t',
    ':',
    ',',
    ';',
    '0',
    '-',
    '+',
    '_',
    'x',
    '"',
    '\x0b',
    '\x7f',
    '\x80',
    '\x85',
    '\xa0',
    '\xff',
    '1',
    'f',
  ],
  ...[
    '\r\n',
    '\n\n',
    '\r\r\n',
    '\n\r\n',
    '\r\n\r\n',
    '\r\n ',
    '\r\n\t',
    '0\r\n\r\n',
    '0x5\r\n',
    '-1\r\n',
    'fffffffff\r\n',
    '5;\r\n',
  ],
  ...['Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: identity\r\n', 'Content-Length: 5\r\n', 'Content-Length: 0\r\n'],
  ...[
    'Connection: close\r\n',
    'Connection: upgrade\r\nUpgrade: h2c\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  ],
  ...['HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhacked', 'HTTP/1.0 200 OK\r\n'],
] as const;

type Mutation = (text: string) => string;
/** Half of the places are where structure is: beside a CR, LF or colon. */
const place = fc.tuple(fc.nat(), fc.boolean());

function position(text: string, [at, structural]: readonly [number, boolean]): number {
  const places = structural ? [...text.matchAll(/[\r\n:;]/g)].map(({ index }) => index) : [];
  return places.length > 0 ? (places[at % places.length] as number) + (at % 2) : at % (text.length + 1);
}

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...HOSTILE)).map(
    ([where, what]): Mutation =>
      (text) => {
        const at = position(text, where);
        return text.slice(0, at) + what + text.slice(at);
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([where, bits]): Mutation =>
      (text) => {
        const at = position(text, where);
        return at >= text.length
          ? text
          : text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bits) + text.slice(at + 1);
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 4 })).map(
    ([where, length]): Mutation =>
      (text) => {
        const at = position(text, where);
        return text.slice(0, at) + text.slice(at + length);
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(
    ([where, length]): Mutation =>
      (text) => {
        const at = position(text, where);
        return text.slice(0, at + length) + text.slice(at);
      },
  ),
  place.map(
    (where): Mutation =>
      (text) =>
        text.slice(0, position(text, where)),
  ),
);

const mutated = fc
  .tuple(validResponse, fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([{ text }, mutations]) => mutations.reduce((so, mutate) => mutate(so), text));

const CODINGS = [
  ...[
    'chunked',
    'Chunked',
    'chunked ',
    '\tchunked',
    'chunked, identity',
    'identity',
    'identity, chunked',
    'xchunked',
    'chunkedx',
    ',chunked',
  ],
  ...[
    'chunked,',
    'chunked, chunked',
    'gzip, chunked',
    'chunked;q=1',
    '"chunked"',
    'chunked\xa0',
    '\x0bchunked',
    '',
    'chunk',
    '\r\n chunked',
  ],
];
const LENGTHS = [
  '5',
  '05',
  '+5',
  '-5',
  '0x5',
  '5 ',
  '5,5',
  '5, 6',
  '',
  '0',
  '5\xa0',
  '5_0',
  '5.0',
  ' 5',
  '99999999999999999999',
  '\r\n 5',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1'];
const NAMES = (proper: string): string[] => [
  proper,
  proper,
  proper,
  proper.toLowerCase(),
  `${proper} `,
  ` ${proper}`,
  `${proper}\0`,
  proper.replace('-', '_'),
];

/** Heads that name the body's end twice or oddly, over bodies that read well in both ways. */
const smuggling = fc
  .record({
    version: fc.constantFrom(...VERSIONS),
    status: fc.constantFrom(200, 200, 200, 204, 304, 100, 101, 103),
    fields: fc.array(
      fc.oneof(
        fc
          .tuple(fc.constantFrom(...NAMES('Transfer-Encoding')), fc.constantFrom(...CODINGS))
          .map(([key, text]) => `${key}: ${text}`),
        fc
          .tuple(fc.constantFrom(...NAMES('Content-Length')), fc.constantFrom(...LENGTHS))
          .map(([key, text]) => `${key}: ${text}`),
        fc.constantFrom('Connection: close', 'Connection: keep-alive', 'Upgrade: h2c', 'X: y'),
      ),
      { maxLength: 3 },
    ),
    lineEnd: fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\n\r\n'),
    body: fc.constantFrom(
      '',
      'hello',
      '5\r\nhello\r\n0\r\n\r\n',
      '0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      '5\nhello\n0\n\n',
      '5 \r\nhello\r\n0\r\n\r\n',
    ),
  })
  .map(({ version, status, fields: lines, lineEnd, body: rest }) =>
    [`${version} ${status} OK`, ...lines, '', rest].join(lineEnd),
  );

/** Valid, mutated and smuggling responses. */
export const anyResponse: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: validResponse.map(({ text }) => text) },
  { weight: 6, arbitrary: mutated },
  { weight: 3, arbitrary: smuggling },
);

/** `text` in pieces, cut at random places; as many as it has characters at most. */
export function pieces(text: string): fc.Arbitrary<readonly string[]> {
  const cuts = fc.array(fc.nat({ max: text.length }), { maxLength: 12 });
  return fc.oneof(
    { weight: 8, arbitrary: cuts.map((places) => cutAt(text, places)) },
    { weight: 1, arbitrary: fc.constant([...text]) },
  );
}

function cutAt(text: string, places: readonly number[]): string[] {
  const edges = [...new Set([0, ...places, text.length])].sort((a, b) => a - b);
  return edges.slice(1).map((edge, at) => text.slice(edges[at], edge));
}
