-- Let an active session end later.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, the same in 13 digits, until, now.
-- Returns OK, session. Errors: UNKNOWN, TICKET, NO_SESSION, ENDED.
--! include event
--! include sessions
local position, padded, ends = ARGV[2], ARGV[3], tonumber(ARGV[4])
local at = redis.call('HMGET', event, 'epoch', 'lapsed_at')
if not at[1] then
  return {'UNKNOWN'}
end
if at[1] ~= ARGV[1] then
  return {'TICKET'}
end
local session = session_of(position)
if not session then
  return {'NO_SESSION'}
end
local head, expires_at, tail = string.match(session, '^(%d+:%d+:%d+:)(%d+)(:.*)$')
expires_at = tonumber(expires_at)
if not is_active(session) or expires_at <= math.max(tonumber(ARGV[5]), tonumber(at[2] or 0)) then
  return {'ENDED'}
end
if ends > expires_at then
  redis.call('ZREM', sessions, session)
  session = head .. ARGV[4] .. tail
  redis.call('ZADD', sessions, position, session)
  redis.call('ZADD', expiry, ARGV[4], padded)
end
return {'OK', session}
