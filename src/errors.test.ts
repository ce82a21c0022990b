import { test } from 'tap';
import { ERROR_KINDS, type ErrorCode, GatewayError } from './errors.js';
import * as anthropic from './protocol/anthropic/error.js';
import * as openai from './protocol/openai/error.js';

const CODES = Object.keys(ERROR_KINDS) as ErrorCode[];

test('every code is a client’s or a server’s error with a status of its kind', async (t) => {
  for (const code of CODES) {
    const { status, type } = new GatewayError(code, 'Why.');
    t.ok(status >= 400 && status <= 599, code);
    t.match(code, /^[a-z_]+$/);
    // `insufficient_quota` is OpenAI's own type for an account that has spent its money.
    t.match(type, /^([a-z_]+_error|insufficient_quota)$/);
    const isClients = /^((invalid_request|permission|rate_limit|client)_error|insufficient_quota)$/.test(type) || status === 408;
    t.equal(status < 500, isClients, code);
  }
});

test('a code says the same in every protocol, streamed or not, and never its cause', async (t) => {
  const cause = new Error('connect ECONNREFUSED 10.0.0.1 with sk-secret-key');
  for (const code of CODES) {
    const error = new GatewayError(code, 'Why it is so.', { cause });
    const texts = [
      openai.errorBody(error),
      openai.streamError(error),
      anthropic.errorBody(error, 'req_1'),
      anthropic.streamError(error, 'req_1'),
    ];
    for (const text of texts) {
      t.match(text, /"message":"Why it is so\."/, code);
      t.notMatch(text, /ECONNREFUSED|sk-secret|at Object|\.ts:/, code);
    }
  }
});

test('details are optional: no field at fault, no time to wait', async (t) => {
  t.match(new GatewayError('overloaded', 'm'), { param: null, retryAfter: undefined, status: 503 });
  t.match(new GatewayError('overloaded', 'm', { param: 'x', retryAfter: 5 }), { param: 'x', retryAfter: 5 });
});
