-- State.takes and State.lets_in of waitroom/core/model.py.

local function takes(state)
  return state == 'open' or state == 'paused'
end

local function lets_in(state)
  return state == 'open' or state == 'closed'
end
