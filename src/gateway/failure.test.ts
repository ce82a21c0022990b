import { test } from 'tap';
import { UpstreamFault } from '../upstream/upstream.js';
import { failureOf, kindOf, timedOut, unusable } from './failure.js';

test('a status says what becomes of the credential', async (t) => {
  const table = {
    'rate-limited': [429],
    refused: [401, 402, 403],
    failed: [301, 302, 304, 408, 500, 502, 503, 504, 529, 599],
    rejected: [400, 404, 405, 409, 413, 415, 422, 451],
  };
  for (const [kind, statuses] of Object.entries(table))
    for (const status of statuses) t.equal(kindOf(status, null), kind, String(status));
});

test('a 429 of an account without money is a refusal, another code stays a limit', async (t) => {
  for (const code of ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active', 'access_terminated'])
    t.equal(kindOf(429, code), 'refused', code);
  for (const code of ['rate_limit_exceeded', 'tokens', '', null, undefined]) t.equal(kindOf(429, code), 'rate-limited');
  t.equal(kindOf(400, 'insufficient_quota'), 'rejected');
});

test('a broken or missing connection is the credential’s failure, and its cause stays inside', async (t) => {
  const cause = new Error('connect ECONNREFUSED 10.1.2.3:443');
  const connect = failureOf(new UpstreamFault('connect', cause));
  t.match(connect, { kind: 'failed', error: { code: 'upstream_unreachable', status: 502 } });
  t.match(failureOf(new UpstreamFault('broken', cause)), { kind: 'failed', error: { code: 'upstream_error', status: 502 } });
  t.notMatch(connect.error.message, /10\.1\.2\.3|ECONN/);
});

test('a time-out is 504 and names the limit, an unusable answer 502 and says why', async (t) => {
  t.match(timedOut('an answer'), { kind: 'failed', error: { code: 'upstream_timeout', status: 504, message: /an answer/ } });
  t.match(unusable('it is text/html'), { kind: 'failed', error: { code: 'upstream_error', status: 502, message: /text\/html/ } });
});
