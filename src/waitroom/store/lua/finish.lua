-- Mark a session, once.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, the same in 13 digits, status, name of the
-- counter, now. Returns OK, session. Errors: UNKNOWN, TICKET, NO_SESSION, MARKED.
--! include event
--! include marking
local position, padded, status, counter, now = unpack(ARGV, 2)
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
return {'OK', mark(session, padded, status, counter, now)}
