-- The session of a place: the one there is, or a new one.
-- KEYS: of the event (EventKeys). ARGV: epoch, position, the same in 13 digits, entry time, now,
-- expires at, issuer. Returns OK, session.
-- Errors: UNKNOWN, TICKET, ENDED, GIVEN_UP, NOT_YET, PAUSED or SOLD_OUT_IN, EXPIRED, FULL, which are
-- checked in this order, as in the other stores.
--! include event
--! include curves
--! include rules
--! include sessions
--! include door
--! include held
--! include facts
--! include states
local position, padded, entry_time, issued_at, expires_at = unpack(ARGV, 2, 6)
local at = redis.call('HMGET', event, 'epoch', 'state', 'serving', 'expired_up_to', 'pauses',
  'set:queue_position_expiry', 'set:queue_position_expiry_period', 'given_up', 'set:max_active',
  'set:inlet', 'note:outbox', 'lapsed_at')
local epoch, state, serving, expired_up_to, pauses, expires, period = unpack(at, 1, 7)
if not epoch then
  return {'UNKNOWN'}
end
if epoch ~= ARGV[1] then
  return {'TICKET'}
end
local session = session_of(position)
if session then
  return {is_active(session) and 'OK' or 'ENDED', session}
end
if (at[8] or '0') ~= '0' and redis.call('ZSCORE', given_up, position) then
  return {'GIVEN_UP'}
end
if tonumber(position) > tonumber(serving) then
  return {'NOT_YET'}
end
if not lets_in(state) then
  return {state == 'sold_out' and 'SOLD_OUT_IN' or 'PAUSED'}
end

-- has_expired() of waitroom/core/rules.py.
local asked_at = redis.call('ZSCORE', asked, padded)
local was_swept = not asked_at and tonumber(position) <= tonumber(expired_up_to)
local function has_expired()
  local called = point_reaching(servings, position)
  local since = math.max(tonumber(entry_time), called and time_of(called) or 0,
    asked_at and asked_at + slack_of(period) or 0)
  return was_swept or remaining(since, tonumber(issued_at), tonumber(period), pauses) <= 0
end
if expires == 'true' and has_expired() then
  return {'EXPIRED'}
end

-- A swept place comes back after all, since expiry was switched off. In a line that was restored it
-- may have had a token, and then the sweep had not counted it.
local function come_back()
  if was_swept and redis.call('HINCRBY', event, 'expired', -1) < 0 then
    redis.call('HSET', event, 'expired', 0)
  end
end

local cap = cap_of(at[9], at[10])
if cap > 0 and settle_active(issued_at, at[12]) >= cap then
  if not asked_at or issued_at - asked_at > slack_of(period) then
    hold(position, padded, issued_at)
    come_back()
  end
  return {'FULL'}
end
local text = {position, entry_time, issued_at, expires_at, '0', ARGV[7]}
session = table.concat(text, ':')
redis.call('ZADD', sessions, position, session)
redis.call('ZADD', expiry, expires_at, padded)
redis.call('HINCRBY', event, 'tokens', 1)
come_back()
if asked_at then
  let_go(padded)
end
if at[11] then
  tell(issued_at, 'token_generated',
    '{"position":' .. position .. ',"entry_time":' .. entry_time .. '}')
end
return {'OK', session}
