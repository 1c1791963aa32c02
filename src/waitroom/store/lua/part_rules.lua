-- Mirrors waitroom/core/rules.py; the random tests compare the two.

-- remaining(): pauses is the text of the event's field, `start-end,start-`.
local function remaining(since, now, period, pauses)
  local paused = 0
  for start, finish in string.gmatch(pauses, '(%d+)%-(%d*)') do
    local stop = math.min(now, tonumber(finish) or now)
    paused = paused + math.max(0, stop - math.max(since, tonumber(start)))
  end
  return period - (now - since - paused)
end
