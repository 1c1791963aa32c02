-- Dead letters are text: subscription ID, a line break, and the letter as JSON; their score is the
-- seq of the fact.

-- The letter about the fact `seq` to a subscription, or nil.
local function letter_of(subscription, seq)
  for _, letter in ipairs(redis.call('ZRANGE', dead_letters, seq, seq, 'BYSCORE')) do
    if string.sub(letter, 1, #subscription + 1) == subscription .. '\n' then
      return letter
    end
  end
end
