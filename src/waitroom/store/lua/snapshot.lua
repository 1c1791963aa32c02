-- KEYS: of the event (EventKeys). ARGV: since when the rate counts.
-- Returns OK, fields, anchor step or '', last step or ''. Error: NOT_FOUND.
--! include event
--! include snapshot
local fields, anchor, last = snapshot_since(tonumber(ARGV[1]))
if #fields == 0 then
  return {'NOT_FOUND'}
end
return {'OK', fields, anchor, last}
