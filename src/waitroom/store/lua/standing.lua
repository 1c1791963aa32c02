-- What decides about one place.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, since when the rate counts.
-- Returns OK, fields, anchor step or '', last step or '', the step that reaches the position or '',
-- session or ''. Errors: UNKNOWN, TICKET.
--! include event
--! include snapshot
--! include sessions
local epoch = redis.call('HGET', event, 'epoch')
if not epoch then
  return {'UNKNOWN'}
end
if epoch ~= ARGV[1] then
  return {'TICKET'}
end
local fields, anchor, last = snapshot_since(tonumber(ARGV[3]))
local called = point_reaching(servings, ARGV[2]) or ''
return {'OK', fields, anchor, last, called, session_of(ARGV[2]) or ''}
