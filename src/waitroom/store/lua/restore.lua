-- Bring a line back to at least what somebody remembers of it.
-- KEYS: of the event (EventKeys). ARGV: epoch, revision, state, pauses, queue, serving, tokens,
-- completed, abandoned, expired, expired_up_to, given_up, when its last step was made, now, since
-- when the rate counts, 1 if it is to stay away if it was deleted, then name and JSON of each other
-- setting.
-- Returns OK, fields, anchor step or '', last step or ''. Error: NOT_FOUND.
--! include event
--! include new_line
--! include snapshot
--! include serving
local epoch, revision, state, pauses, queue, serving = unpack(ARGV, 1, 6)
local now = ARGV[14]

-- Both are text of whole numbers of up to 64 bits, without leading zeros.
local function exceeds(one, other)
  return #one > #other or #one == #other and one > other
end

-- What tells of the site and not of the line stays: notes, and how far facts are numbered.
local function forget_line()
  local fields = redis.call('HKEYS', event)
  for _, name in ipairs(fields) do
    if name ~= 'facts' and string.sub(name, 1, 5) ~= 'note:' then
      redis.call('HDEL', event, name)
    end
  end
  local facts = redis.call('GET', deleted)
  if facts then
    redis.call('HSET', event, 'facts', facts)
  end
end

-- Gone or older: as it is remembered, with one step and no session.
local function bring_back()
  begin_anew()
  forget_line()
  redis.call('UNLINK', deleted)
  redis.call('PERSIST', log)
  redis.call('PERSIST', seals)
  redis.call('HSET', event, 'epoch', epoch, 'revision', revision, 'state', state,
    'pauses', pauses, 'queue', queue, 'serving', serving, 'tokens', ARGV[7],
    'completed', ARGV[8], 'abandoned', ARGV[9], 'expired', ARGV[10],
    'expired_up_to', ARGV[11], 'given_up', ARGV[12], unpack(ARGV, 17))
  if serving ~= '0' then
    redis.call('ZADD', servings, serving, ARGV[13] .. ':' .. serving)
  end
end

-- The same line: what only grows is raised, and the newer settings hold.
local function raise(at)
  if exceeds(queue, at[2]) then
    redis.call('HSET', event, 'queue', queue, 'raised', 1)
  end
  if exceeds(serving, at[3]) then
    redis.call('HSET', event, 'serving', serving)
    add_step(serving, now)
  end
  if exceeds(revision, at[4]) then
    redis.call('HSET', event, 'revision', revision, 'state', state, 'pauses', pauses,
      unpack(ARGV, 17))
  end
end

local at = redis.call('HMGET', event, 'epoch', 'queue', 'serving', 'revision')
if not at[1] and ARGV[16] == '1' and redis.call('EXISTS', deleted) == 1 then
  return {'NOT_FOUND'}
end
if not at[1] or exceeds(epoch, at[1]) then
  bring_back()
elseif at[1] == epoch then
  raise(at)
end
return {'OK', snapshot_since(tonumber(ARGV[15]))}
