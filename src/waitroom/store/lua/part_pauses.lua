--! include states

-- pauses_after() of waitroom/core/rules.py; the last 200 pauses are kept.
local function pauses_after(pauses, old, new, now)
  if lets_in(new) and not lets_in(old) then
    return (string.gsub(pauses, '%-$', '-' .. now))
  end
  if lets_in(new) or not lets_in(old) then
    return pauses
  end
  local kept = {}
  for pause in string.gmatch(pauses, '[^,]+') do
    kept[#kept + 1] = pause
  end
  local first = math.max(1, #kept - 198)
  kept[#kept + 1] = now .. '-'
  return table.concat(kept, ',', first)
end
