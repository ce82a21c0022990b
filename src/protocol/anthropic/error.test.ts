import { test } from 'tap';
import { ERROR_KINDS, type ErrorCode, GatewayError } from '../../errors.js';
import { anthropicType, errorBody, errorType, readError, streamError, upstreamErrorBody } from './error.js';

const CODES = Object.keys(ERROR_KINDS) as ErrorCode[];
/** docs.anthropic.com, "Errors": status to type, and what the gateway's other statuses are closest to. */
const DOCUMENTED: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

test('every code has the whole envelope with the request id, and nothing but it', async (t) => {
  for (const code of CODES) {
    const error = new GatewayError(code, 'Why.', { param: 'model', cause: new Error('inside') });
    const type = errorType(ERROR_KINDS[code].status);
    t.strictSame(
      JSON.parse(errorBody(error, 'req_1')),
      { type: 'error', error: { type, message: 'Why.' }, request_id: 'req_1' },
      code,
    );
  }
});

test('documented statuses have their documented type', async (t) => {
  for (const [status, type] of Object.entries(DOCUMENTED)) t.equal(errorType(Number(status)), type, status);
});

test('an undocumented status is the caller’s fault below 500, else the server’s', async (t) => {
  t.equal(errorType(418), 'invalid_request_error');
  t.equal(errorType(599), 'api_error');
});

test('in a stream it is one error event, whatever the text holds', async (t) => {
  for (const code of CODES)
    t.match(
      streamError(new GatewayError(code, 'a\n\nevent: message_stop\r\n'), 'req_1'),
      /^event: error\ndata: \{[^\r\n]+\}\n\n$/,
      code,
    );
});

test('an upstream’s type is kept, and made from the status where it has none', async (t) => {
  const error = { message: 'm', type: 'rate_limit_error', code: null, param: null };
  t.equal(JSON.parse(upstreamErrorBody(error, 500, 'r')).error.type, 'rate_limit_error');
  t.equal(JSON.parse(upstreamErrorBody({ ...error, type: null }, 529, 'r')).error.type, 'overloaded_error');
});

test('an upstream’s error is read from its envelope, from imitations of it, and from nothing else', async (t) => {
  const envelope = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'r' };
  t.strictSame(readError(JSON.stringify(envelope)), { message: 'Overloaded', type: 'overloaded_error', code: null, param: null });
  t.match(readError('{"error":{"message":"m","code":429}}'), { message: 'm', type: null, code: '429' });
  t.match(readError('{"error":"m"}'), { message: 'm' });
  for (const body of ['', '<html>', '{}', '[]', '{"type":"message"}', '{"error":{"type":"x"}}', '{"error":null}'])
    t.equal(readError(body), undefined, body);
});

test('what other makers call an error is told in words that Anthropic’s clients know', async (t) => {
  const typeOf = (type: string | null, code: string | null = null) => anthropicType({ type, code });
  t.equal(typeOf('server_error'), 'api_error');
  t.equal(typeOf('api_error', 'server_is_overloaded'), 'overloaded_error');
  t.equal(typeOf('rate_limit_error', 'rate_limit_exceeded'), 'rate_limit_error');
  t.equal(typeOf('invalid_request_error'), 'invalid_request_error');
  t.equal(typeOf(null), undefined);
});
