-- Sessions are text: position:entry_time:issued_at:expires_at:status:issuer.

-- The session of `position`, or nil.
local function session_of(position)
  return redis.call('ZRANGE', sessions, position, position, 'BYSCORE')[1]
end

local function is_active(session)
  return string.match(session, '^%d+:%d+:%d+:%d+:(%-?%d+):') == '0'
end
