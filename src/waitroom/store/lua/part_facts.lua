-- Telling others: a fact goes into the outbox in the same step as what it tells of.
local MAX_FACTS = 1000000 -- as in waitroom/core/facts.py
local SEQ_PER_SECOND = 1000000 -- as there

-- Append a fact if the event has an outbox; `data` is JSON. Never the same number twice: not in an
-- event that is made anew (create_event), nor by a server that has lost its end.
local function tell(now, kind, data)
  local at = redis.call('HMGET', event, 'note:outbox', 'facts', 'epoch')
  if not at[1] then
    return
  end
  local seq = string.format('%.0f', math.max(tonumber(at[2] or 0) + 1, tonumber(now) * SEQ_PER_SECOND))
  redis.call('HSET', event, 'facts', seq)
  redis.call('ZADD', outbox, seq, table.concat({'{"seq":', seq, ',"at":', now, ',"type":"', kind,
    '","epoch":', at[3], ',"data":', data, '}'}))
  redis.call('ZREMRANGEBYRANK', outbox, 0, -MAX_FACTS - 1)
end
