-- An exit message: mark sessions, then move the line.
-- KEYS: of the event (EventKeys). ARGV: epoch, now, seconds for which a slot is remembered, how many
-- have left or '', 1 if there is a slot else 0, the slot, how many positions that follow are of
-- completed sessions; then those, then those of abandoned ones.
-- Returns OK, how many were marked, serving counter before, after. Errors: UNKNOWN, TICKET.
--! include event
--! include marking
--! include slots
--! include serving
--! include door
--! include states
local now, lifetime, exited = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local slot, completed = ARGV[5] == '1' and ARGV[6], tonumber(ARGV[7])
local at = redis.call('HMGET', event, 'epoch', 'state', 'queue', 'serving', 'set:inlet', 'lapsed_at')
local previous, inlet = at[4], at[5] or ''
if not at[1] then
  return {'UNKNOWN'}
end
if at[1] ~= ARGV[1] then
  return {'TICKET'}
end

local function mark_all()
  local marked = 0
  for i = 8, #ARGV do
    local session = session_of(ARGV[i])
    if session and is_active(session) then
      local is_completed = i < 8 + completed
      mark(session, string.format('%013.0f', ARGV[i]), is_completed and '1' or '-1',
        is_completed and 'completed' or 'abandoned', now)
      marked = marked + 1
    end
  end
  return marked
end

-- exit_step() of waitroom/core/rules.py.
local function step_for(marked, active)
  local size = tonumber(string.match(inlet, '"size":(%d+)') or 0)
  if not lets_in(at[2]) or not string.find(inlet, '"kind":"max_size"', 1, true) then
    return 0
  end
  local lead = tonumber(string.match(inlet, '"max_lead":(%d+)') or size)
  local room = tonumber(at[3]) + lead - tonumber(previous)
  return math.max(0, math.min(exited or marked, size - active, room))
end

local marked = mark_all()
if slot and not take_slot(slot, now, lifetime) then
  return {'OK', marked, previous, previous}
end
local by = string.format('%.0f', step_for(marked, settle_active(now, at[6])))
return {'OK', marked, previous, move_serving(previous, by, now, slot or '')}
