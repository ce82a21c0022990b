import { LAST_RESORTS } from '../../credential/rest-length.js';

/**
 * What every script begins with. `P` is the prefix of every key, `now` the server's time: hosts' clocks are never
 * compared. A key that somebody poisoned (wrong type, not a number) is deleted and counts as missing.
 *
 *     plan:<fingerprint>    hash    one configuration: routes, sequences, members (`plan-fields.ts`)
 *     turns                 hash    level -> picks so far; level~ -> picks of the spare cursor
 *     rest:<up>/<id>        hash    m:<model> -> reason,failures,until,lease; ! -> paused
 *     session:<key>         string  upstream \n credential \n configured model
 *     sessions              zset    key by expiry, to count them and to bound them
 *     picks                 hash    credential -> picks
 *     retries               hash    requests, retries, at: the shared retry budget
 *     window:<up>/<id>|<m>  hash    failures that are only counted, and the attempts around them
 */
export const COMMON = `
local P = ARGV[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local WEEK = 604800000
local MEMORY = 3600000
local LEASE = 60000
local RESORTS = ${LAST_RESORTS}

local function safe(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  if not string.find(reply.err, 'WRONGTYPE', 1, true) and not string.find(reply.err, 'not an integer', 1, true) then
    error(reply.err, 0)
  end
  redis.call('DEL', key)
  return redis.call(command, key, ...)
end

-- A rest that says it lasts longer than any may is from before the server's clock was set back.
local function parse(raw)
  if not raw or #raw > 100 then return nil end
  local reason, failures, till, lease = string.match(raw, '^([%a-]+),(%d+),(%d+),(%d+)$')
  if not reason then return nil end
  local state = { reason = reason, failures = tonumber(failures), till = tonumber(till), lease = tonumber(lease) }
  if state.till + MEMORY < now or state.till > now + MEMORY + 1000 then return nil end
  if state.reason == 'spent' and state.till <= now then return nil end
  if state.lease > now + LEASE + 1000 then state.lease = 0 end
  return state
end

local function write(key, field, state)
  safe('HSET', key, field, string.format('%s,%d,%.0f,%.0f', state.reason, state.failures, state.till, state.lease))
  local keep = math.max(state.till, state.lease) - now + MEMORY
  if redis.call('PTTL', key) < keep then redis.call('PEXPIRE', key, string.format('%.0f', keep)) end
end

local function tell(key, model, reason, remaining)
  redis.call('PUBLISH', P .. 'rests', cjson.encode({ key = key, model = model, reason = reason, remaining = remaining }))
end
`;
