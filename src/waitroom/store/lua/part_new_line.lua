-- What hangs on an epoch goes; freed in the background, so this takes no time whatever its size.
local function begin_anew()
  redis.call('UNLINK', arrivals, servings, sessions, expiry, ended, slots, held, asked, given_up,
    used_codes, samples)
end
