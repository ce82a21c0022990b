/** How long a slot is kept that nobody renews, in milliseconds: what a dead host's slots stay away for. */
export const SLOT_LEASE = 6_000;

/**
 * Client limits: the rules of `limits/limiter.ts` once more, held to the same by the contract suite. All by the server's clock.
 *
 *     limit:<client>        hash    s last second · r, t sums of the window · r<i>, t<i> its buckets · p, b budget period, spent
 *     slots:c:<client>      zset    slot by the end of its lease (also `slots:k:<credential>`)
 */
export const LIMITS = `
local BUCKETS = 61
local SLOT_LEASE = ${SLOT_LEASE}
local DAY = 86400000

local function num(text) return tonumber(text or 0) or 0 end
local function whole(number) return string.format('%.0f', number) end

local function drop(key, names)
  if #names > 0 then safe('HDEL', key, unpack(names)) end
end

local function keepFor(w, ms)
  if redis.call('PTTL', w.key) < ms - 30000 then redis.call('PEXPIRE', w.key, whole(ms)) end
end

-- The window of now: sums without what has left it. A clock that was set back makes all that is counted count from now.
local function window(client)
  local key = P .. 'limit:' .. client
  local second = math.floor(now / 1000)
  local head = safe('HMGET', key, 's', 'r', 't')
  local w = { key = key, second = second, requests = math.max(0, num(head[2])), tokens = math.max(0, num(head[3])) }
  local last = tonumber(head[1] or second) or second
  if last == second then return w end
  local passed = second - last
  if passed < 0 or passed >= BUCKETS then
    local all = {}
    for i = 0, BUCKETS - 1 do
      all[#all + 1] = 'r' .. i
      all[#all + 1] = 't' .. i
    end
    drop(key, all)
    if passed > 0 then w.requests, w.tokens = 0, 0 end
    safe('HSET', key, 's', second, 'r', w.requests, 't', w.tokens, 'r' .. second % BUCKETS, w.requests, 't' .. second % BUCKETS, w.tokens)
    keepFor(w, 180000)
    return w
  end
  local requests, tokens, gone = {}, {}, {}
  for next = last + 1, second do
    local i = next % BUCKETS
    requests[#requests + 1] = 'r' .. i
    tokens[#tokens + 1] = 't' .. i
    gone[#gone + 1] = 'r' .. i
    gone[#gone + 1] = 't' .. i
  end
  for _, value in ipairs(safe('HMGET', key, unpack(requests))) do w.requests = w.requests - num(value) end
  for _, value in ipairs(safe('HMGET', key, unpack(tokens))) do w.tokens = w.tokens - num(value) end
  drop(key, gone)
  safe('HSET', key, 's', second, 'r', w.requests, 't', w.tokens)
  keepFor(w, 180000)
  return w
end

local function count(w, kind, sum, amount, at)
  if amount == 0 then return end
  safe('HINCRBY', w.key, kind .. (at or w.second) % BUCKETS, whole(amount))
  safe('HINCRBY', w.key, kind, whole(amount))
  w[sum] = w[sum] + amount
end

-- Milliseconds until 'amount' more fits under 'limit', or until all is free again.
local function waitOf(w, kind, sum, amount, limit)
  local excess = amount and w[sum] + amount - limit
  local latest = 0
  local first, names = w.second - BUCKETS + 1, {}
  for next = first, w.second do names[#names + 1] = kind .. next % BUCKETS end
  local all = safe('HMGET', w.key, unpack(names))
  for next = first, w.second do
    local held = num(all[next - first + 1])
    if held > 0 then
      latest = (next + BUCKETS) * 1000 - now
      if excess then
        excess = excess - held
        if excess <= 0 and amount <= limit then return latest end
      end
    end
  end
  return amount and 60000 or latest
end

-- Since when a day number of the epoch is in which month (Howard Hinnant's civil_from_days), and the first of the next.
local function month(days)
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local y = yoe + era * 400
  if mp >= 10 then y = y + 1 end
  return y * 12 + (mp < 10 and mp + 2 or mp - 10)
end

local function periodOf(per)
  local days = math.floor(now / DAY)
  if per == 'month' then
    local this, last = month(days), days
    while month(last + 1) == this do last = last + 1 end
    return 'month:' .. this, (last + 1) * DAY - now
  end
  local length = per == 'hour' and 3600000 or per == 'day' and DAY or 7 * DAY
  local since = per == 'week' and now + 3 * DAY or now
  local index = math.floor(since / length)
  return per .. ':' .. whole(index), (index + 1) * length - since
end

-- Spent in the period of now; a budget of another length goes on from what is spent.
local function spentIn(w, period)
  local raw = safe('HMGET', w.key, 'p', 'b')
  if not raw[1] or raw[1] == period then return math.max(0, num(raw[2])) end
  local spent = 0
  if string.match(raw[1], '^%a+') ~= string.match(period, '^%a+') then spent = math.max(0, num(raw[2])) end
  return spent
end

local function spend(w, period, usd)
  safe('HSET', w.key, 'p', period, 'b', string.format('%.12g', math.max(0, usd)))
end

local function inUse(key)
  safe('ZREMRANGEBYSCORE', key, '-inf', whole(now))
  -- A lease that ends later than any may is from before the clock was set back.
  safe('ZREMRANGEBYSCORE', key, whole(now + SLOT_LEASE + 1000), '+inf')
  return redis.call('ZCARD', key)
end

local function takeSlot(key, slot)
  safe('ZADD', key, whole(now + SLOT_LEASE), slot)
  redis.call('PEXPIRE', key, SLOT_LEASE + 1000)
end

-- 'counted': something was just now, and leaves the window last.
local function left(w, kind, sum, limit, counted)
  if not limit then return nil end
  local reset = 0
  if counted then
    reset = (w.second + BUCKETS) * 1000 - now
  elseif w[sum] > 0 then
    reset = waitOf(w, kind, sum)
  end
  return { limit = limit, remaining = math.max(0, limit - w[sum]), reset = reset }
end

-- What is limited, and what the client asks for. The limits' names are those of 'ClientLimits'.
local function admit(request)
  local limits = request.limits
  local w = window(request.client)
  local call = request.isCall
  local tokens = call and limits.tpm and math.min(math.max(1, request.tokens), limits.tpm) or 0
  local usd = call and limits.budget and math.min(request.usd, limits.budget.usd) or 0
  local slots = P .. 'slots:c:' .. request.client
  local held = call and limits.concurrency and inUse(slots) or 0
  local period, ends, spent = '', 0, 0
  if call and limits.budget then
    period, ends = periodOf(limits.budget.per)
    spent = spentIn(w, period)
  end

  local limit, wait = nil, 0
  if limits.rpm and w.requests + 1 > limits.rpm then
    limit, wait = 'rpm', waitOf(w, 'r', 'requests', 1, limits.rpm)
  elseif call and limits.tpm and w.tokens + math.max(1, tokens) > limits.tpm then
    limit, wait = 'tpm', waitOf(w, 't', 'tokens', tokens, limits.tpm)
  elseif call and limits.concurrency and held >= limits.concurrency then
    limit, wait = 'concurrency', 1000
  elseif period ~= '' and (spent + usd > limits.budget.usd or spent >= limits.budget.usd) then
    limit, wait = 'budget', math.min(ends, DAY)
  end

  if not limit then
    if limits.rpm then count(w, 'r', 'requests', 1) end
    count(w, 't', 'tokens', tokens)
    if period ~= '' then
      spent = spent + usd
      spend(w, period, spent)
    end
    safe('HSET', w.key, 's', w.second)
    keepFor(w, period ~= '' and ends + DAY or 180000)
    if call and limits.concurrency then
      takeSlot(slots, request.slot)
      held = held + 1
    end
  end
  return {
    admitted = not limit,
    limit = limit,
    retryAfter = math.max(1, wait),
    second = w.second,
    period = period,
    tokens = tokens,
    usd = usd,
    requests = left(w, 'r', 'requests', limits.rpm, not limit),
    remaining = left(w, 't', 'tokens', limits.tpm, not limit and tokens > 0),
    use = { requests = w.requests, tokens = w.tokens, slots = held, usd = spent },
  }
end

-- What each uses now; those that use nothing are left out.
local function uses(clients)
  local found = {}
  for _, asked in ipairs(clients) do
    local w = window(asked[1])
    local spent = asked[2] ~= '' and spentIn(w, (periodOf(asked[2]))) or 0
    local slots = safe('ZCOUNT', P .. 'slots:c:' .. asked[1], whole(now), '+inf')
    if w.requests + w.tokens + spent + slots > 0 then
      found[#found + 1] = { client = asked[1], requests = w.requests, tokens = w.tokens, slots = slots, usd = spent }
    end
  end
  return found
end

local function settle(receipt, tokens, usd)
  local w = window(receipt.client)
  local more = tokens - receipt.tokens
  if more > 0 then
    count(w, 't', 'tokens', more)
  elseif more < 0 and receipt.second > w.second - BUCKETS and receipt.second <= w.second then
    local there = num(safe('HGET', w.key, 't' .. receipt.second % BUCKETS))
    count(w, 't', 'tokens', -math.min(-more, there), receipt.second)
  end
  if receipt.period ~= '' and usd ~= receipt.usd and safe('HGET', w.key, 'p') == receipt.period then
    spend(w, receipt.period, num(safe('HGET', w.key, 'b')) + usd - receipt.usd)
  end
  if more > 0 then safe('HSET', w.key, 's', w.second) end
  keepFor(w, 180000)
  if receipt.slot ~= '' then safe('ZREM', P .. 'slots:c:' .. receipt.client, receipt.slot) end
end

local function charge(one)
  local w = window(one.client)
  count(w, 'r', 'requests', one.requests)
  count(w, 't', 'tokens', one.tokens)
  safe('HSET', w.key, 's', w.second)
  local keep = 180000
  if one.per and one.usd ~= 0 then
    local period, ends = periodOf(one.per)
    spend(w, period, spentIn(w, period) + one.usd)
    keep = ends + DAY
  end
  keepFor(w, keep)
end
`;

/** KEYS[1] any · ARGV prefix, clients as JSON [[name, per or ''], …]. Reply: their use as JSON. */
export const USES = `
return cjson.encode(uses(cjson.decode(ARGV[2])))
`;

/** KEYS[1] the client's limits · ARGV prefix, the request as JSON. Reply: the verdict as JSON. */
export const ADMIT = `
return cjson.encode(admit(cjson.decode(ARGV[2])))
`;

/** KEYS[1] any · ARGV prefix, what is given back as JSON: a list of `Return`. */
export const GIVE = `
for _, back in ipairs(cjson.decode(ARGV[2])) do
  if back.kind == 'settle' then
    settle(back.settlement.receipt, back.settlement.tokens, back.settlement.usd)
  elseif back.kind == 'charge' then
    charge(back.charge)
  elseif back.kind == 'client-slot' then
    safe('ZREM', P .. 'slots:c:' .. back.client, back.slot)
  else
    safe('ZREM', P .. 'slots:k:' .. back.key, back.slot)
  end
end
return 1
`;

/** A worker is dead. KEYS[1] any · ARGV prefix, the beginning of its slots' names, where slots are as JSON ['c:…', 'k:…', …]. */
export const DROP_SLOTS = `
for _, place in ipairs(cjson.decode(ARGV[3])) do
  local key = P .. 'slots:' .. place
  for _, slot in ipairs(safe('ZRANGE', key, 0, -1)) do
    if string.sub(slot, 1, #ARGV[2]) == ARGV[2] then redis.call('ZREM', key, slot) end
  end
end
return 1
`;

/**
 * A worker is alive and holds these slots: their leases begin anew, one that was lost is there again.
 * KEYS[1] the workers · ARGV prefix, worker, its lease in ms, slots as JSON [[key, slot], …] or '',
 * clients asked about as JSON [[name, per or ''], …].
 * Reply: number of workers, rank of this one, the clients' use as JSON.
 */
export const ROLL_CALL = `
safe('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now))
safe('ZREMRANGEBYSCORE', KEYS[1], whole(now + 2 * tonumber(ARGV[3])), '+inf')
safe('ZADD', KEYS[1], whole(now + tonumber(ARGV[3])), ARGV[2])
redis.call('PEXPIRE', KEYS[1], WEEK)
if ARGV[4] ~= '' then
  for _, held in ipairs(cjson.decode(ARGV[4])) do takeSlot(P .. 'slots:' .. held[1], held[2]) end
end
local rank = 0
local names = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(names)
for at, name in ipairs(names) do
  if name == ARGV[2] then rank = at - 1 end
end
return { #names, rank, cjson.encode(uses(cjson.decode(ARGV[5]))) }
`;
