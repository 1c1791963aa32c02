-- Enter into a log what was not part of another verb.
-- KEYS: of the event (EventKeys), or of the deployment's log in their form. ARGV: deed, now, after,
-- seconds for which a log is kept whose event is gone, or 0 to keep it for good. Returns OK.
--! include event
--! include log
enter(ARGV[1], ARGV[2], 'null', ARGV[3])
if ARGV[4] ~= '0' and redis.call('EXISTS', event) == 0 then
  redis.call('EXPIRE', log, ARGV[4])
  redis.call('EXPIRE', seals, ARGV[4])
end
return {'OK'}
