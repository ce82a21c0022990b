/**
 * One decision in one call: the sticky credential, else the next in turn skipping what rests; then bind. The same rules
 * as `Ledger.choose`, held together by the contract suite. With nothing at rest its cost does not depend on how many
 * credentials there are.
 *
 * KEYS[1] plan · ARGV prefix, alias, model, session key or '', ms to live, most sessions, credentials tried (one a line),
 * 1 for the session's own credential or none, name of the slot to take, the question to the client's limits as JSON or '',
 * where the asker last knew the session, as it is bound, or ''
 * Reply: plan | none | busy | ok upstream credential model sticky trial slot spilled | resting|tried reason ms; where the limits were
 * asked, verdict and its JSON come first, and nothing after a refusal
 */
export const CHOOSE = `
local alias, model, session, ttl, most = ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local plan = KEYS[1]
local routeText = safe('HGET', plan, 'r:' .. alias)
if not routeText then
  if safe('HGET', plan, 'v') then return { 'none' } end
  return { 'plan' }
end
local tiers = cjson.decode(routeText)
local pinned, slot = ARGV[8] == '1', ARGV[9]

-- The client's limits first: a refusal takes no turn.
local verdict = nil
if ARGV[10] ~= '' then
  local found = admit(cjson.decode(ARGV[10]))
  verdict = cjson.encode(found)
  if not found.admitted then return { 'verdict', verdict } end
end
local function reply(...)
  if verdict then return { 'verdict', verdict, ... } end
  return { ... }
end

local excluded = {}
for key in string.gmatch(ARGV[7], '[^\\n]+') do excluded[key] = true end
local function tried(upstream, key) return excluded[key] or excluded[upstream .. '/*'] end

local function modelOf(target) return target.model ~= '' and target.model or model end

local function guess(reason) return reason == 'failing' or reason == 'spent' end

-- free | trial | resting, and for resting why and how long (a pause: -1)
local memo = {}
local function standing(key, name)
  local id = key .. '|' .. name
  if memo[id] then return memo[id] end
  local raw = safe('HMGET', P .. 'rest:' .. key, '!', 'm:*', 'm:' .. name)
  local found = { is = 'free' }
  for field = 2, 3 do
    local state = parse(raw[field])
    if state then
      local remaining = state.till > now and state.till - now or (state.lease > now and math.min(state.lease - now, 1000)) or nil
      if remaining then
        local told = not guess(state.reason)
        if found.is ~= 'resting' or (told and (guess(found.reason) or remaining > found.remaining)) then
          found = { is = 'resting', reason = state.reason, remaining = remaining, failures = state.failures }
        end
      elseif found.is == 'free' then
        found = { is = 'trial' }
      end
    end
  end
  if raw[1] then found = { is = 'resting', reason = 'paused', remaining = -1, failures = 0 } end
  memo[id] = found
  return found
end

-- The cap of a credential, or nil; how many are in flight is counted once a decision.
local capOf, held = {}, {}
local function capped(target, key)
  if not target.capped then return nil end
  if capOf[key] == nil then capOf[key] = tonumber(safe('HGET', plan, 'c:' .. key) or nil) or false end
  return capOf[key] or nil
end
local function full(target, key)
  local cap = capped(target, key)
  if not cap then return false end
  held[key] = held[key] or inUse(P .. 'slots:k:' .. key)
  return held[key] >= cap
end

local function grant(key, name)
  local rest = P .. 'rest:' .. key
  for _, field in ipairs({ 'm:*', 'm:' .. name }) do
    local state = parse(safe('HGET', rest, field))
    if state then
      state.lease = now + LEASE
      write(rest, field, state)
    end
  end
end

-- The session's own credential is in order and was merely tried, or is full or spent for the moment: the session stays with it.
local stays = false
-- It cannot be used all the same, and was not tried: then it is at its cap.
local onlyFull = false

local function settle(pick, sticky)
  local key = pick.target.upstream .. '/' .. pick.id
  local takes = slot ~= '' and capped(pick.target, key)
  if takes then takeSlot(P .. 'slots:k:' .. key, slot) end
  if pick.trial then grant(key, modelOf(pick.target)) end
  if session ~= '' and not stays then
    bind(session, pick.target.upstream .. '\\n' .. pick.id .. '\\n' .. pick.target.model, ttl, most)
  end
  -- Renewed now and then, and whenever the key may be new. Last: after one write that may always be made, Redis would
  -- let the others grow past maxmemory.
  if safe('HINCRBY', P .. 'picks', key, 1) % 64 == 1 then
    redis.call('PEXPIRE', P .. 'picks', WEEK)
    redis.call('PEXPIRE', plan, WEEK)
  end
  local model = modelOf(pick.target)
  return reply('ok', pick.target.upstream, pick.id, model, sticky and '1' or '0', pick.trial and '1' or '0', takes and '1' or '0', stays and '1' or '0')
end

-- 'orSpent': nobody else will do, and what is merely spent has refused nothing.
local function usable(target, id, orSpent)
  local key = target.upstream .. '/' .. id
  if tried(target.upstream, key) then return nil end
  local found = standing(key, modelOf(target))
  local rests = found.is == 'resting' and not (orSpent and found.reason == 'spent')
  if rests or full(target, key) then return nil end
  return { target = target, id = id, trial = found.is == 'trial' }
end

-- One more pick of a level; what it was before. Its time to live is renewed now and then, and when it may be new.
local function advance(level, by)
  local after = safe('HINCRBY', P .. 'turns', level, by)
  if after % 64 <= by then redis.call('PEXPIRE', P .. 'turns', WEEK) end
  return after - by
end

-- The member in turn that 'try' makes something of; 'at' maps a place in the sequence to a member. The turn is taken
-- first and given back when nothing comes of it: one call where a look before would be two.
local function take(level, length, at, try)
  if length == 0 then return nil end
  local first = at(advance(level, 1) % length)
  local got = try(first)
  if got then return got end
  local spare = tonumber(safe('HGET', P .. 'turns', level .. '~') or 0) or 0
  for step = 0, length - 1 do
    local member = at((spare + step) % length)
    if member ~= first then
      got = try(member)
      if got then
        advance(level .. '~', step + 1)
        return got
      end
    end
  end
  safe('HINCRBY', P .. 'turns', level, -1)
  return nil
end

local function inOrder(place) return place end

local function packedOrder(upstream)
  local packed = redis.call('HGET', plan, 'q:' .. upstream)
  return function(place)
    local high, low = string.byte(packed, place * 2 + 1, place * 2 + 2)
    return high * 128 + low
  end
end

local function fromTarget(target)
  local upstream = target.upstream
  local at = target.packed and packedOrder(upstream) or inOrder
  return take('u:' .. upstream, target.turns, at, function(member)
    return usable(target, redis.call('HGET', plan, 'm:' .. upstream .. ':' .. member))
  end)
end

local function fromTier(tier)
  if #tier.targets == 1 then return fromTarget(tier.targets[1]) end
  local spent = {}
  return take('t:' .. tier.name, #tier.order, function(place) return tier.order[place + 1] end, function(member)
    if spent[member] then return nil end
    spent[member] = true
    return fromTarget(tier.targets[member + 1])
  end)
end

local function kept()
  local upstream, id, name = boundTo(session)
  if not upstream then upstream, id, name = readBound(ARGV[11]) end
  if not upstream then return nil end
  if redis.call('HEXISTS', plan, 'i:' .. upstream .. '/' .. id) == 0 then return nil end
  for _, tier in ipairs(tiers) do
    for _, target in ipairs(tier.targets) do
      if target.upstream == upstream and target.model == name then
        local found = standing(upstream .. '/' .. id, modelOf(target))
        stays = found.is ~= 'resting' or found.reason == 'spent'
        onlyFull = stays and not tried(upstream, upstream .. '/' .. id)
        return usable(target, id, pinned)
      end
    end
  end
  return nil
end

local sticky = session ~= '' and kept()
if sticky then
  stays = false
  return settle(sticky, true)
end
if pinned and onlyFull then return reply('busy') end
for _, tier in ipairs(tiers) do
  local pick = fromTier(tier)
  if pick then return settle(pick, false) end
end

-- Nothing is in turn: the one out by a guess that is back soonest, else a refusal that says when to come back.
local function sooner(a, b) return not b or (a.remaining >= 0 and (b.remaining < 0 or a.remaining < b.remaining)) end
local resort, waiting, done, busy = nil, nil, nil, false
for _, tier in ipairs(tiers) do
  for _, target in ipairs(tier.targets) do
    for member = 0, target.members - 1 do
      local id = redis.call('HGET', plan, 'm:' .. target.upstream .. ':' .. member)
      local key = target.upstream .. '/' .. id
      local found = standing(key, modelOf(target))
      local one = { target = target, id = id, trial = true, reason = found.reason or '', remaining = found.remaining or -1 }
      if tried(target.upstream, key) then
        if sooner(one, done) then done = one end
      else
        local taken = full(target, key)
        if taken and (found.is ~= 'resting' or guess(one.reason)) then busy = true end
        if guess(one.reason) and not taken and found.failures <= RESORTS and sooner(one, resort) then resort = one end
        if sooner(one, waiting) then waiting = one end
      end
    end
  end
end
if resort then return settle(resort, false) end
if busy then return reply('busy') end
local first = waiting or done
if not first then return reply('none') end
return reply(waiting and 'resting' or 'tried', first.reason, string.format('%.0f', first.remaining))
`;
