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

-- last_run_out(): the latest `since` of which nothing remains.
local function last_run_out(now, period, pauses)
  local known = {}
  for start, finish in string.gmatch(pauses, '(%d+)%-(%d*)') do
    known[#known + 1] = {tonumber(start), math.min(now, tonumber(finish) or now)}
  end
  local at, left = now, period
  for i = #known, 1, -1 do
    local start, stop = unpack(known[i])
    if start < stop then
      if at - stop >= left then
        break
      end
      left, at = left - (at - stop), start
    end
  end
  return at - left
end
