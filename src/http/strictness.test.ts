import type { IncomingMessage } from 'node:http';
import { test } from 'tap';
import { strictFault } from './strictness.js';

interface Head {
  url?: string;
  minor?: number;
  headers?: [string, string][];
}

function fault({ url = '/v1/models', minor = 1, headers = [['Host', 'gateway:8080']] }: Head): string | undefined {
  return strictFault({ url, httpVersionMinor: minor, rawHeaders: headers.flat() } as IncomingMessage);
}

const HOST: [string, string] = ['host', 'gateway'];

test('plain requests pass', async (t) => {
  t.equal(fault({}), undefined);
  for (const host of ['localhost', '127.0.0.1:8080', '[::1]:8080', 'a-b.example_c.test'])
    t.equal(fault({ headers: [['HOST', host]] }), undefined, host);
  t.equal(fault({ headers: [HOST, ['Transfer-Encoding', 'Chunked']] }), undefined);
  t.equal(fault({ headers: [HOST, ['Content-Length', '5']] }), undefined);
  t.equal(fault({ minor: 0, headers: [] }), undefined, 'HTTP/1.0 needs no Host');
});

test('a target that is no path is refused', async (t) => {
  for (const url of ['http://elsewhere/v1/models', '*', 'gateway:443', '', 'v1/models']) t.match(fault({ url }), /target/, url);
});

test('there is one Host, and it is a host', async (t) => {
  t.match(fault({ headers: [] }), /Host/);
  t.match(fault({ headers: [HOST, ['Host', 'gateway']] }), /one Host/);
  for (const host of ['', ' ', 'a b', 'a/b', 'user@host', 'a,b', 'a?b', 'a#b', 'a\\b', 'é'])
    t.match(fault({ headers: [['Host', host]] }), /Host/, host);
  for (const host of ['a%41', 'a:99999', '[::1', '[fe80::1%25eth0]']) t.match(fault({ headers: [['Host', host]] }), /Host/, host);
  t.match(fault({ minor: 0, headers: [['Host', '']] }), /Host/);
});

test('the one Transfer-Encoding is chunked, alone, and not on HTTP/1.0', async (t) => {
  for (const value of [
    '',
    'gzip',
    'gzip, chunked',
    'chunked, chunked',
    'chunked;q=1',
    'xchunked',
    ' chunked',
    'chunked\u000b',
    '"chunked"',
    'identity',
  ])
    t.match(fault({ headers: [HOST, ['transfer-encoding', value]] }), /Transfer-Encoding/, value);
  t.match(fault({ headers: [HOST, ['transfer-encoding', 'chunked'], ['Transfer-Encoding', 'chunked']] }), /Transfer-Encoding/);
  t.match(fault({ minor: 0, headers: [HOST, ['transfer-encoding', 'chunked']] }), /1\.0/);
});

test('a length and chunks exclude each other', async (t) => {
  t.match(fault({ headers: [HOST, ['Content-Length', '5'], ['Transfer-Encoding', 'chunked']] }), /exclude/);
});
