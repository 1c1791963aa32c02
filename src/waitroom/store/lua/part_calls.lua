--! include curves

-- The last position of those given out at or before `time`. What no point of the curve reaches was
-- given out by another life of the store: before all that is known.
local function given_out_by(time, queue)
  local rank = rank_from(arrivals, time + 1)
  if rank == redis.call('ZCARD', arrivals) then
    return queue
  end
  return rank == 0 and 0 or tonumber(redis.call('ZRANGE', arrivals, rank - 1, rank - 1, 'WITHSCORES')[2])
end

-- The rank of the last servings step of `time` or before that was full by then; below 0: none.
local function last_full_step(time, queue)
  local made = rank_from(servings, time + 1)
  return math.min(made, redis.call('ZCOUNT', servings, '-inf', given_out_by(time, queue))) - 1
end

-- The last position that could be taken up at or before `time`.
local function takeable_by(time, queue)
  local rank = rank_from(servings, time + 1)
  if rank == 0 then
    return 0
  end
  local called = redis.call('ZRANGE', servings, rank - 1, rank - 1, 'WITHSCORES')[2]
  return math.min(called, given_out_by(time, queue))
end
