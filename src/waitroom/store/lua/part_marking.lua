--! include sessions
--! include facts

-- Mark a session that is active, and tell of it; `name` is that of the counter.
local function mark(session, padded, status, name, now)
  local position, entry_time = string.match(session, '^(%d+):(%d+):')
  local head, expires_at, issuer = string.match(session, '^(%d+:%d+:%d+:(%d+)):0:(.*)$')
  local marked = head .. ':' .. status .. ':' .. issuer
  redis.call('ZREM', sessions, session)
  redis.call('ZADD', sessions, position, marked)
  redis.call('ZADD', ended, expires_at, padded)
  redis.call('HINCRBY', event, name, 1)
  tell(now, 'session_updated', '{"position":' .. position .. ',"entry_time":' .. entry_time
    .. ',"status":"' .. name .. '"}')
  return marked
end
