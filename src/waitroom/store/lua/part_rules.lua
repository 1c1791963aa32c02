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

-- run_out_until(): the latest `since` of which nothing remains.
local function run_out_until(now, period, pauses)
  local starts, finishes = {}, {}
  for start, finish in string.gmatch(pauses, '(%d+)%-(%d*)') do
    starts[#starts + 1] = tonumber(start)
    finishes[#starts] = tonumber(finish) or now
  end
  local stop = now
  for i = #starts, 1, -1 do
    local resumed = math.min(stop, finishes[i])
    if stop - resumed >= period then
      break
    end
    if resumed > starts[i] then
      period, stop = period - (stop - resumed), starts[i]
    end
  end
  return stop - period
end
