import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'tap';
import type { ClientConfig } from '../config.js';
import { GatewayError } from '../errors.js';
import { Authenticator } from './authenticate.js';

function client(name: string, key: string): ClientConfig {
  return { name, keyHash: createHash('sha256').update(key).digest('hex'), models: ['gpt-*'] };
}

const gate = new Authenticator([client('app', 'sk-app-1'), client('other', 'sk-other-2')]);

/** Node reads header bytes as latin1. */
const onTheWire = (key: string) => Buffer.from(key, 'utf8').toString('latin1');

function refusal(headers: IncomingHttpHeaders, authenticator = gate): GatewayError | undefined {
  try {
    authenticator.authenticate(headers);
    return undefined;
  } catch (error) {
    return error as GatewayError;
  }
}

test('the client is known by its key, as Bearer or x-api-key, in any case and spacing of the scheme', async (t) => {
  for (const headers of [
    { authorization: 'Bearer sk-app-1' },
    { authorization: 'bearer   sk-app-1  ' },
    { 'x-api-key': 'sk-app-1' },
    { authorization: 'Bearer sk-app-1', 'x-api-key': 'sk-app-1' },
    { authorization: 'Bearer sk-app-1', 'x-api-key': '' },
  ])
    t.match(gate.authenticate(headers), { name: 'app', models: ['gpt-*'] }, JSON.stringify(headers));
  t.equal(gate.authenticate({ 'x-api-key': 'sk-other-2' }).name, 'other');
});

test('missing, wrong, malformed and ambiguous keys get the very same refusal', async (t) => {
  const missing = refusal({});
  t.ok(missing instanceof GatewayError);
  t.equal(missing?.code, 'invalid_api_key');
  for (const headers of [
    { authorization: 'Bearer sk-app-2' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer sk-app-1 sk-app-1' },
    { authorization: 'Basic sk-app-1' },
    { authorization: 'sk-app-1' },
    { 'x-api-key': 'sk-app-1 ' },
    { authorization: 'Bearer sk-app-1', 'x-api-key': 'sk-other-2' },
    { authorization: `Bearer ${'k'.repeat(2000)}` },
    { authorization: 'Bearer __proto__' },
  ]) {
    const error = refusal(headers);
    t.equal(error?.code, 'invalid_api_key', JSON.stringify(headers));
    t.equal(error?.message, missing?.message);
  }
});

test('a key’s hash is no key', async (t) => {
  t.equal(refusal({ 'x-api-key': client('app', 'sk-app-1').keyHash })?.code, 'invalid_api_key');
});

test('keys may have odd characters: punctuation, accents, other scripts', async (t) => {
  for (const key of ['sk-_.~+/==', '$.*+?[]{}', 'clé-à-été', 'ключ', '鍵🔑'])
    for (const headers of [{ authorization: `Bearer ${onTheWire(key)}` }, { 'x-api-key': onTheWire(key) }])
      t.equal(new Authenticator([client('odd', key)]).authenticate(headers).name, 'odd', key);
});

test('without clients everybody may come, each key with sessions of its own', async (t) => {
  const open = new Authenticator([]);
  const [none, one, two] = [{}, { 'x-api-key': 'a' }, { authorization: 'Bearer b' }].map((headers) => open.authenticate(headers));
  t.match(none, { name: 'anonymous', models: ['*'] });
  t.equal(new Set([none?.namespace, one?.namespace, two?.namespace]).size, 3);
  t.equal(open.authenticate({ authorization: 'Bearer a' }).namespace, one?.namespace);
});

test('a caller’s namespace never holds the key', async (t) => {
  t.notMatch(gate.authenticate({ 'x-api-key': 'sk-app-1' }).namespace, /sk-app/);
  t.notMatch(new Authenticator([]).authenticate({ 'x-api-key': 'sk-app-1' }).namespace, /sk-app/);
});
