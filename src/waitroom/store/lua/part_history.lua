-- Which history of the data this server goes on with: its run ID and its replication ID. The second
-- is new after each promotion: a server that was primary, was not, and is again has another history
-- than the one it knew. Asked here, for a connection may be older than the promotion.
local function history_of(run_id)
  local said = redis.call('INFO', 'replication')
  return run_id .. ':' .. (string.match(said, 'master_replid:(%x+)') or '')
end
