import { test } from 'tap';
import { allowanceHeaders, withoutUpstreamLimits } from './allowance-headers.js';

const allowance = {
  requests: { limit: 600, remaining: 17, reset: 60_400 },
  tokens: { limit: 200_000, remaining: 1_234.5, reset: 950 },
};

test('an OpenAI client reads its limits as from OpenAI', async (t) => {
  t.strictSame(allowanceHeaders('openai', allowance, 0), {
    'x-ratelimit-limit-requests': '600',
    'x-ratelimit-remaining-requests': '17',
    'x-ratelimit-reset-requests': '1m1s',
    'x-ratelimit-limit-tokens': '200000',
    'x-ratelimit-remaining-tokens': '1234',
    'x-ratelimit-reset-tokens': '950ms',
  });
  t.match(allowanceHeaders('openai', { requests: { limit: 1, remaining: 0, reset: 8_640 } }, 0), {
    'x-ratelimit-reset-requests': '8.64s',
  });
});

test('an Anthropic client reads its limits as from Anthropic', async (t) => {
  t.strictSame(allowanceHeaders('anthropic', { requests: allowance.requests }, Date.UTC(2026, 10, 21, 12)), {
    'anthropic-ratelimit-requests-limit': '600',
    'anthropic-ratelimit-requests-remaining': '17',
    'anthropic-ratelimit-requests-reset': '2026-11-21T12:01:00Z',
  });
});

test("the upstream's own limits are let go, all else stays", async (t) => {
  const headers = { 'x-ratelimit-limit-requests': '1', 'anthropic-ratelimit-tokens-limit': '2', 'x-request-id': '3' };
  t.strictSame(withoutUpstreamLimits(headers), { 'x-request-id': '3' });
});
