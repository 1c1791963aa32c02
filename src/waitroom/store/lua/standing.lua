-- What decides about one place.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, the same in 13 digits, since when the rate
-- counts. Returns OK, fields, anchor step or '', last step or '', the step that reaches the position
-- or '', session or '', 1 if it was given up, else 0, when it last found the site full or ''.
-- Errors: UNKNOWN, TICKET.
--! include event
--! include snapshot
--! include sessions
local position = ARGV[2]
local epoch = redis.call('HGET', event, 'epoch')
if not epoch then
  return {'UNKNOWN'}
end
if epoch ~= ARGV[1] then
  return {'TICKET'}
end
local fields, anchor, last = snapshot_since(tonumber(ARGV[4]))
local called = point_reaching(servings, position) or ''
return {'OK', fields, anchor, last, called, session_of(position) or '',
  redis.call('ZSCORE', given_up, position) and 1 or 0, redis.call('ZSCORE', asked, ARGV[3]) or ''}
