-- Forget a dead letter.
-- KEYS: of the event (EventKeys). ARGV: subscription ID, seq. Returns OK, 1 if it was there, else 0.
--! include event
--! include letters
local letter = letter_of(ARGV[1], ARGV[2])
return {'OK', letter and redis.call('ZREM', dead_letters, letter) or 0}
