-- The audit log: an entry is made in the same step as the deed.
local MAX_LOG = 100000 -- as in waitroom/store/__init__.py

-- Enter a deed: `deed` is who, from where and what as the middle of a JSON object, or '' for
-- nothing to be entered; `before` and `after` are JSON.
local function enter(deed, now, before, after)
  if deed == '' then
    return
  end
  local newest = redis.call('ZRANGE', log, -1, -1, 'WITHSCORES')
  local seq = string.format('%.0f', tonumber(newest[2] or 0) + 1)
  redis.call('ZADD', log, seq, table.concat({'{"seq":', seq, ',"at":', now, ',', deed,
    ',"before":', cjson.encode(before), ',"after":', cjson.encode(after), '}'}))
  local oldest = redis.call('ZRANGE', log, 0, -MAX_LOG - 1, 'WITHSCORES')
  for i = 1, #oldest, 2 do
    redis.call('ZREM', log, oldest[i])
    redis.call('HDEL', seals, oldest[i + 1])
  end
end
