-- The keys of one event, in the order of EventKeys (redis_keys.py); a script may take the first few.
local event, arrivals, servings, sessions, expiry, ended, slots, held, asked, given_up, outbox, lanes,
  dead_letters, log, seals, deleted, used_codes, samples, themes, theme_texts = unpack(KEYS)
