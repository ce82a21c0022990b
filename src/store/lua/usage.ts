/**
 * Usage kept over restarts: the counts of every worker added up.
 *
 *     usage                 hash    client \n alias \n upstream \n credential -> requests,failures,…,usd (`usage-rows.ts`)
 *     batch:<worker>        string  number of the batch that was added last
 */

/** KEYS[1] usage · ARGV prefix, worker, number of the batch, rows as JSON [[field, numbers], …] */
export const ADD_USAGE = `
local MOST_ROWS = 10000
local NUMBERS = 8
local QUARTER = 90 * 86400000
local seen = P .. 'batch:' .. ARGV[2]
if (tonumber(safe('GET', seen) or 0) or 0) >= tonumber(ARGV[3]) then return 0 end

local rows = safe('HLEN', KEYS[1])
for _, row in ipairs(cjson.decode(ARGV[4])) do
  local field, raw = row[1], safe('HGET', KEYS[1], row[1])
  if not raw then
    if rows >= MOST_ROWS then
      field = 'other\\nother\\nother\\nother'
      raw = safe('HGET', KEYS[1], field)
    else
      rows = rows + 1
    end
  end
  local sums, at = {}, 0
  for number in string.gmatch(raw or '', '[^,]+') do
    at = at + 1
    sums[at] = tonumber(number) or 0
  end
  for i = 1, NUMBERS do sums[i] = string.format('%.12g', (sums[i] or 0) + (tonumber(row[2][i]) or 0)) end
  safe('HSET', KEYS[1], field, table.concat(sums, ',', 1, NUMBERS))
end
redis.call('PEXPIRE', KEYS[1], QUARTER)
redis.call('SET', seen, ARGV[3], 'PX', 3600000)
return 1
`;

/** KEYS[1] usage. Reply: fields and values in turn. */
export const KEPT_USAGE = `
return safe('HGETALL', KEYS[1])
`;
