-- A visitor gives up a place.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, the same in 13 digits, now.
-- Returns OK, 1 if that changed anything, else 0. Errors: UNKNOWN, TICKET.
--! include event
--! include marking
--! include held
local position, padded, now = unpack(ARGV, 2)
local at = redis.call('HMGET', event, 'epoch', 'expired_up_to')
if not at[1] then
  return {'UNKNOWN'}
end
if at[1] ~= ARGV[1] then
  return {'TICKET'}
end
local session = session_of(position)
if session then
  if not is_active(session) then
    return {'OK', 0}
  end
  mark(session, padded, '-1', 'abandoned', now)
  return {'OK', 1}
end
local is_held = redis.call('ZSCORE', asked, padded)
if tonumber(position) <= tonumber(at[2]) and not is_held then
  return {'OK', 0}
end
if redis.call('ZADD', given_up, position, position) == 0 then
  return {'OK', 0}
end
let_go(padded)
redis.call('HINCRBY', event, 'expired', 1)
redis.call('HINCRBY', event, 'given_up', 1)
return {'OK', 1}
