/** The texts that options hold: names, keys, hosts, headers, addresses, each with what is allowed in it. */
import { parseBaseUrl } from './base-url.js';
import { type Kind, text } from './kinds.js';

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const HOST = /^[A-Za-z0-9._:%[\]-]{1,253}$/;
const MODEL = /^[^\s*\p{Cc}]{1,256}$/u;
const ALLOWED_MODEL = /^[^\s*\p{Cc}]{0,256}\*?$/u;
const STORE_PREFIX = /^[A-Za-z0-9:_-]{1,64}$/;
const STORE_URL =
  /^(redis|rediss|redis\+unix|rediss\+unix|redis\+sentinel|rediss\+sentinel|redis-cluster|rediss-cluster):\/\/[\x21-\x7e]+$/;
const SHA_256 = /^[0-9a-fA-F]{64}$/;
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** Visible ASCII: a line break or a blank would end the header that carries the key, or split it. */
const KEY = /^[\x21-\x7e]{1,4096}$/;
const GENERATED_PREFIX = /^[\x21-\x7e]{0,256}$/;
const FILE = /^\P{Cc}{1,4096}$/u;

/** Headers that carry credentials or frame the message can name no session. */
const RESERVED_HEADERS = new Set(
  (
    'authorization proxy-authorization x-api-key api-key cookie host connection keep-alive upgrade te trailer transfer-encoding ' +
    'content-length content-type expect accept'
  ).split(' '),
);

/** Whether a text can be sent as a key in a request header. */
export function isKey(value: string): boolean {
  return KEY.test(value);
}

/** Whether a text can name an upstream, a credential or a client. */
export function isName(value: string): boolean {
  return NAME.test(value);
}

export const NAME_EXPECTED = '1 to 64 letters, digits, dots, underscores or hyphens, as a text (quote it if it is a number)';
export const KEY_EXPECTED =
  '1 to 4096 visible ASCII characters without blanks or line breaks, as a text (quote it if it is a number)';

export const name: Kind<string> = {
  ...text('name', NAME_EXPECTED, 'A–Z a–z 0–9 . _ -, 1–64', isName),
  json: { type: 'string', anyOf: [{ pattern: NAME.source }, { pattern: '\\$\\{' }] },
};
export const secret = text('secret', KEY_EXPECTED, 'visible ASCII, 1–4096', isKey);
export const hash: Kind<string> = text(
  'SHA-256, hex',
  'the SHA-256 of the key as 64 hexadecimal digits',
  '64 hex digits',
  (value) => SHA_256.test(value),
);
export const host = text('host', 'an address or host name to listen on, such as 127.0.0.1', 'IPv4, IPv6 or name', (value) =>
  HOST.test(value),
);
export const model = text('model', 'a model name of 1 to 256 characters without blanks or *', '1–256 characters', (value) =>
  MODEL.test(value),
);
export const modelOrRest = text(
  'model',
  'a model name of 1 to 256 characters without blanks, or * alone for all the rest',
  '1–256 characters, *',
  (value) => value === '*' || MODEL.test(value),
);
export const allowedModel = text(
  'model',
  'a model name, a beginning with * after it, or * alone',
  'name, name*, *',
  (value) => value !== '' && ALLOWED_MODEL.test(value),
);
export const storePrefix = text(
  'text',
  '1 to 64 letters, digits, colons, underscores or hyphens',
  'A–Z a–z 0–9 : _ -, 1–64',
  (value) => STORE_PREFIX.test(value),
);
export const storeUrl = text(
  'URL',
  'an address that starts with redis://, rediss://, redis+unix://, redis+sentinel:// or redis-cluster://',
  'redis://, rediss://, redis+unix://, redis+sentinel://, redis-cluster://',
  (value) => STORE_URL.test(value),
);
export const header = text(
  'header name',
  'the name of a request header that carries no credentials',
  'letters, digits, hyphens, 1–64',
  (value) => HEADER.test(value) && !RESERVED_HEADERS.has(value.toLowerCase()),
);
export const generatedPrefix = text('text', 'up to 256 visible ASCII characters', 'visible ASCII, 0–256', (value) =>
  GENERATED_PREFIX.test(value),
);
export const file = text('path', 'the path of a file, seen from the config file', '1–4096 characters', (value) =>
  FILE.test(value),
);
export const baseUrl: Kind<string> = {
  ...text(
    'URL',
    'an http:// or https:// address without user, password, query or fragment',
    'http://, https://',
    (value) => parseBaseUrl(value) !== undefined,
  ),
};
