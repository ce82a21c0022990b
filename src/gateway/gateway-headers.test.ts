import { test } from 'tap';
import { GatewayError } from '../errors.js';
import type { RequestContext } from './context.js';
import { attemptHeaders, errorHeaders } from './gateway-headers.js';

function context(exposeAttempts: boolean, credential?: string): RequestContext {
  return { requestId: 'req_1', attempts: 3, credential, snapshot: { config: { server: { exposeAttempts } } } } as RequestContext;
}

test('every answer names its request and the number of attempts', async (t) => {
  t.strictSame(attemptHeaders(context(false, 'k1')), { 'x-request-id': 'req_1', 'x-gateway-attempts': '3' });
});

test('the credential’s id is told only where that is switched on, and there is one', async (t) => {
  t.equal(attemptHeaders(context(true, 'k1'))['x-gateway-credential'], 'k1');
  t.notOk('x-gateway-credential' in attemptHeaders(context(true)));
});

test('a refused key is told which scheme to use', async (t) => {
  t.equal(errorHeaders(new GatewayError('invalid_api_key', 'm'))['www-authenticate'], 'Bearer');
  t.notOk('www-authenticate' in errorHeaders(new GatewayError('model_not_allowed', 'm')));
});

test('the time to wait is whole seconds, rounded up, never none', async (t) => {
  const wait = (retryAfter?: number) => errorHeaders(new GatewayError('overloaded', 'm', { retryAfter }))['retry-after'];
  t.equal(wait(), undefined);
  t.equal(wait(0), '1');
  t.equal(wait(1000), '1');
  t.equal(wait(1001), '2');
});
