/** Binding a session: its own key, and an index by when it is forgotten that keeps their number bounded. */
export const SESSIONS = `
-- Upstream, credential and configured model; nothing when it is no binding.
local function readBound(text)
  return string.match(text, '^([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)$')
end

-- Of a value that somebody poisoned only the beginning is read: 10 MB would hold up every worker for 50 ms.
local function boundTo(session)
  local key = P .. 'session:' .. session
  local raw = safe('GETRANGE', key, 0, 2048)
  if raw == '' then return nil end
  local upstream, id, name = nil, nil, nil
  if #raw <= 2048 then upstream, id, name = readBound(raw) end
  if not upstream then redis.call('DEL', key) end
  return upstream, id, name
end

local function trim(index, most)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', string.format('%.0f', now))
  local over = redis.call('ZCARD', index) - most
  if over <= 0 then return end
  local oldest = redis.call('ZPOPMIN', index, over)
  for i = 1, #oldest, 2 do redis.call('DEL', P .. 'session:' .. oldest[i]) end
end

local function bind(session, bound, ttl, most)
  redis.call('SET', P .. 'session:' .. session, bound, 'PX', ttl)
  local index = P .. 'sessions'
  if safe('ZADD', index, string.format('%.0f', now + tonumber(ttl)), session) == 0 then return end
  local count = redis.call('ZCARD', index)
  if count > most then trim(index, most) end
  if count % 64 == 1 then redis.call('PEXPIRE', index, WEEK + ttl) end
end
`;
