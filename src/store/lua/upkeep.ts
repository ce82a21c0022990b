/** The small calls: a known session was used, picks made without asking, and what the admin pages show. */

/** KEYS[1] the session · ARGV prefix, session key, ms to live, most sessions, where the asker knows it. 0: it is elsewhere */
export const TOUCH = `
local raw = safe('GETRANGE', KEYS[1], 0, 2048)
if raw == '' then
  bind(ARGV[2], ARGV[5], ARGV[3], tonumber(ARGV[4]))
  return 1
end
if raw ~= ARGV[5] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
safe('ZADD', P .. 'sessions', string.format('%.0f', now + tonumber(ARGV[3])), ARGV[2])
redis.call('PEXPIRE', P .. 'sessions', ARGV[3])
return 1
`;

/** KEYS[1] the session · ARGV prefix, session key, ms to live, most sessions, what it is bound to */
export const BIND = `
bind(ARGV[2], ARGV[5], ARGV[3], tonumber(ARGV[4]))
return 1
`;

/** KEYS[1] picks · ARGV prefix, then credential key and count in turn */
export const TALLY = `
for i = 2, #ARGV, 2 do safe('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], WEEK)
return 1
`;

/** KEYS[1] picks · ARGV prefix, most sessions to list, then credential keys. Reply: JSON; an empty list may read {}. */
export const SNAPSHOT = `
local credentials = {}
for i = 3, #ARGV do
  local rests, paused = {}, false
  local all = safe('HGETALL', P .. 'rest:' .. ARGV[i])
  for j = 1, #all, 2 do
    if all[j] == '!' then paused = true end
    local state = string.sub(all[j], 1, 2) == 'm:' and parse(all[j + 1])
    if state then
      rests[#rests + 1] = { model = string.sub(all[j], 3), reason = state.reason, remaining = math.max(0, state.till - now), trial = state.lease > now }
    end
  end
  credentials[#credentials + 1] = { paused = paused, picks = tonumber(safe('HGET', KEYS[1], ARGV[i]) or 0) or 0, rests = rests }
end
local newest = {}
local index = P .. 'sessions'
local listed = safe('ZREVRANGEBYSCORE', index, '+inf', string.format('(%.0f', now), 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #listed, 2 do
  local raw = safe('GET', P .. 'session:' .. listed[i])
  if raw then newest[#newest + 1] = { key = listed[i], bound = string.sub(raw, 1, 2048), remaining = tonumber(listed[i + 1]) - now } end
end
return cjson.encode({ credentials = credentials, count = safe('ZCOUNT', index, string.format('(%.0f', now), '+inf'), newest = newest })
`;
