-- Keep a theme under its version.
-- KEYS: of the event (EventKeys). ARGV: version, the theme, now, how many of the newest stay.
-- Returns OK. Error: UNKNOWN.
--! include event
local version, text, now, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('EXISTS', event) == 0 then
  return {'UNKNOWN'}
end
-- The one that the settings name, as JSON text; an event that an older version made names none.
local worn = string.match(redis.call('HGET', event, 'set:theme') or '', '^"(.*)"$')
local newest = redis.call('ZRANGE', themes, -1, -1, 'WITHSCORES')[2]
redis.call('ZADD', themes, math.max(now, (newest or 0) + 1), version)
redis.call('HSET', theme_texts, version, text)
for _, old in ipairs(redis.call('ZRANGE', themes, 0, -most - 1)) do
  if old ~= worn then
    redis.call('ZREM', themes, old)
    redis.call('HDEL', theme_texts, old)
  end
end
return {'OK'}
