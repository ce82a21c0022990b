import { RETRY_FLOOR, RETRY_MEMORY } from '../../credential/retry-quota.js';

/**
 * The shared retry budget: the same rule as `RetryQuota`.
 *
 * KEYS[1] the counts · ARGV prefix, requests begun, 1 a retry is wished | 0, share of requests. Reply: 1 granted | 0
 */
export const RETRIES = `
local raw = safe('HMGET', KEYS[1], 'requests', 'retries', 'at')
local requests, retries, at = tonumber(raw[1] or 0) or 0, tonumber(raw[2] or 0) or 0, tonumber(raw[3] or 0) or 0
local kept = math.exp(math.min(0, at - now) / ${RETRY_MEMORY})
requests = requests * kept + tonumber(ARGV[2])
retries = retries * kept
local share, granted = tonumber(ARGV[4]), 0
if ARGV[3] == '1' and share > 0 and retries + 1 <= math.max(${RETRY_FLOOR}, share * requests) then
  retries = retries + 1
  granted = 1
end
safe('HSET', KEYS[1], 'requests', string.format('%.3f', requests), 'retries', string.format('%.3f', retries), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ${RETRY_MEMORY * 10})
return granted
`;
