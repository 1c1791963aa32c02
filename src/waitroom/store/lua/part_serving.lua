--! include curves
--! include facts

-- Moving the serving counter. It has 64 bits and Lua's numbers have 53, so it stays text here.
local MAX_COUNTER = '9223372036854775807'

-- advanced() of waitroom/core/rules.py: never below 0, never beyond what a counter holds.
local function add_to_serving(by)
  local sum = redis.pcall('HINCRBY', event, 'serving', by)
  if type(sum) == 'table' then
    redis.call('HSET', event, 'serving', MAX_COUNTER)
  elseif sum < 0 then
    redis.call('HSET', event, 'serving', 0)
  end
  return redis.call('HGET', event, 'serving')
end

-- Cut the curve at `current`; what stays called keeps the time at which it was called.
local function take_back(current)
  local cut = point_reaching(servings, current)
  redis.call('ZREMRANGEBYSCORE', servings, current, '+inf')
  if cut and current ~= '0' then
    redis.call('ZADD', servings, current, string.match(cut, '^%d+') .. ':' .. current)
  end
end

-- A step up; one of the same second, or from a clock that is ahead of ours, grows instead.
local function add_step(current, now)
  local newest = redis.call('ZRANGE', servings, -1, -1)[1]
  if newest and time_of(newest) >= tonumber(now) then
    redis.call('ZREM', servings, newest)
    now = string.match(newest, '^%d+')
  end
  redis.call('ZADD', servings, current, now .. ':' .. current)
end

-- Move the counter from `previous` by `by` (text); where it is then. Tell of it by `kind`, if
-- given, and in any case as serving_counter_changed by `slot`.
local function move_serving(previous, by, now, slot, kind)
  local current = add_to_serving(by)
  if current == previous then
    return current
  end
  redis.call('HINCRBY', event, 'revision', 1)
  if string.sub(by, 1, 1) == '-' then
    take_back(current)
  else
    add_step(current, now)
  end
  if kind then
    tell(now, kind, table.concat({'{"previous_serving_counter_position":', previous,
      ',"increment_by":', current == MAX_COUNTER
        and string.format('%.0f', tonumber(current) - tonumber(previous)) or by,
      ',"current_serving_counter_position":', current, '}'}))
  end
  tell(now, 'serving_counter_changed', table.concat({'{"previous":', previous, ',"current":',
    current, ',"slot":', cjson.encode(slot), '}'}))
  return current
end
