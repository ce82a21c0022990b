import { FAILURE_WINDOW, LEAST_FAILURES } from '../../credential/failure-windows.js';

/**
 * Learn from an attempt and tell every worker: the same rules as `Rests.report`.
 *
 * KEYS[1] the credential's rests · ARGV prefix, credential key, model, reason, 'ok' or 'unknown', told ms or -1, first and longest ms,
 * trial 1|0, attempts since the last report where the failure is only counted, else 0
 */
export const REPORT = `
local key, model, reason, trial = ARGV[2], ARGV[3], ARGV[4], ARGV[8] == '1'
local told, first, longest = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

if reason == 'ok' then
  if not trial then return 0 end
  for _, name in ipairs({ '*', model }) do
    local state = parse(safe('HGET', KEYS[1], 'm:' .. name))
    if state and (state.till <= now or state.reason == 'failing') then
      redis.call('HDEL', KEYS[1], 'm:' .. name)
      tell(key, name, state.reason, 0)
    end
  end
  return 1
end

if reason == 'unknown' then
  for _, name in ipairs({ '*', model }) do
    local state = parse(safe('HGET', KEYS[1], 'm:' .. name))
    if state then
      state.lease = 0
      write(KEYS[1], 'm:' .. name, state)
    end
  end
  return 1
end

local function length(failures)
  local guessed = math.min(first * 2 ^ math.min(failures - 1, 30), longest)
  if reason == 'failing' then return math.max(told, guessed) end
  return told >= 0 and told or guessed
end

-- One more failure that is only counted; whether these are too many.
local function fails(attempts)
  local window = P .. 'window:' .. key .. '|' .. model
  local failures = safe('HINCRBY', window, 'failures', 1)
  local made = safe('HINCRBY', window, 'attempts', attempts)
  if redis.call('PTTL', window) < 0 then redis.call('PEXPIRE', window, ${FAILURE_WINDOW}) end
  if failures < ${LEAST_FAILURES} or failures * 2 < made then return false end
  redis.call('DEL', window)
  return true
end

local counted = tonumber(ARGV[9])
if counted > 0 and not fails(counted) then return 0 end

local before = parse(safe('HGET', KEYS[1], 'm:' .. model))
if reason == 'spent' and before then return 0 end
local state
if before and before.till > now then
  state = { reason = reason, failures = before.failures, till = now + length(before.failures), lease = 0 }
  if before.reason == reason then state.till = math.max(before.till, state.till) end
  local milder = before.reason == 'rate-limited' and reason == 'failing'
  if milder or (before.reason == reason and reason == 'failing' and told < 0) then
    state.reason = before.reason
    state.till = before.till
  end
else
  local failures = before and before.failures + 1 or 1
  state = { reason = reason, failures = failures, till = now + length(failures), lease = 0 }
end
write(KEYS[1], 'm:' .. model, state)
tell(key, model, state.reason, state.till - now)
return 1
`;

/** KEYS[1] the credential's rests · ARGV prefix, credential key, 1 pause | 0 resume, ms to tell */
export const PAUSE = `
if ARGV[3] == '1' then
  safe('HSET', KEYS[1], '!', '1')
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  tell(ARGV[2], '*', 'paused', tonumber(ARGV[4]))
else
  safe('HDEL', KEYS[1], '!')
  tell(ARGV[2], '*', 'paused', 0)
end
return 1
`;
