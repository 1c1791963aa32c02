-- The keys of one event, in the order of EventKeys (redis_keys.py).
local event, arrivals, servings, sessions, expiry, ended, slots, deleted = unpack(KEYS)
