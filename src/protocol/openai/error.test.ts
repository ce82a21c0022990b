import { test } from 'tap';
import { ERROR_KINDS, type ErrorCode, GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import { errorBody, errorOf, readError, streamError, upstreamErrorBody } from './error.js';

const CODES = Object.keys(ERROR_KINDS) as ErrorCode[];

test('every code has the whole envelope, and nothing but it', async (t) => {
  for (const code of CODES) {
    const body = JSON.parse(errorBody(new GatewayError(code, 'Why.', { param: 'model', cause: new Error('inside') })));
    t.strictSame(body, { error: { message: 'Why.', type: ERROR_KINDS[code].type, param: 'model', code } }, code);
    t.equal(JSON.parse(errorBody(new GatewayError(code, 'Why.'))).error.param, null);
  }
});

test('in a stream it is one data event without DONE, whatever the text holds', async (t) => {
  for (const code of CODES) {
    const event = streamError(new GatewayError(code, 'a\n\ndata: [DONE]\r\n"b"'));
    t.match(event, /^data: [^\r\n]+\n\n$/, code);
    t.equal(JSON.parse(event.slice(6)).error.message, 'a\n\ndata: [DONE]\r\n"b"');
  }
});

test('an upstream’s error is read back as it was written', async (t) => {
  const error = { message: 'Slow down.', type: 'requests', param: null, code: 'rate_limit_exceeded' };
  t.strictSame(readError(upstreamErrorBody(error)), error);
});

test('envelopes of imitators are read: members missing, numbers as codes, text where the object should be', async (t) => {
  t.strictSame(readError('{"error":{"message":"m"}}'), { message: 'm', type: null, param: null, code: null });
  t.match(readError('{"error":{"message":"m","code":429,"type":null,"param":{}}}'), { code: '429', type: null, param: null });
  t.strictSame(readError('{"error":"m","status":500}'), { message: 'm', type: null, param: null, code: null });
});

test('what is no error envelope is none', async (t) => {
  for (const body of [
    '',
    '<html>',
    '[]',
    'null',
    '"x"',
    '{}',
    '{"error":null}',
    '{"error":{}}',
    '{"error":["m"]}',
    '{"error":{"message":5}}',
  ])
    t.equal(readError(body), undefined, body);
  t.equal(errorOf(undefined), undefined);
});

test('only an object is an object', async (t) => {
  t.same(parseObject('{"a":1}'), { a: 1 });
  for (const body of ['[1]', '1', 'null', '"{}"', '{', '']) t.equal(parseObject(body), undefined, body);
});

test('vLLM’s errors have their members at the top, and are read all the same', async (t) => {
  t.strictSame(readError('{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}'), {
    message: 'm',
    type: 'BadRequestError',
    param: null,
    code: '400',
  });
  t.match(readError('{"object":"error","error":{"message":"inner"},"message":"outer"}'), { message: 'inner' });
  t.equal(readError('{"object":"chat.completion","message":"m"}'), undefined);
});
