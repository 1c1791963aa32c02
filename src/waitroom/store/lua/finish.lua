-- Mark a session, once.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, the same in 13 digits, status, name of the
-- counter. Returns OK, session. Errors: UNKNOWN, TICKET, NO_SESSION, MARKED.
--! include event
--! include sessions
local position, padded, status, counter = unpack(ARGV, 2)
local epoch = redis.call('HGET', event, 'epoch')
if not epoch then
  return {'UNKNOWN'}
end
if epoch ~= ARGV[1] then
  return {'TICKET'}
end
local session = session_of(position)
if not session then
  return {'NO_SESSION'}
end
if not is_active(session) then
  return {'MARKED'}
end
local head, expires_at, issuer = string.match(session, '^(%d+:%d+:%d+:(%d+)):0:(.*)$')
local marked = head .. ':' .. status .. ':' .. issuer
redis.call('ZREM', sessions, session)
redis.call('ZADD', sessions, position, marked)
redis.call('ZADD', ended, expires_at, padded)
redis.call('HINCRBY', event, counter, 1)
return {'OK', marked}
