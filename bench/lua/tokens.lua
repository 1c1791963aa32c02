-- Each token in turn, round and round, as the cookie of a visitor whose request a gateway asks about.
-- Arguments: a file with one token a line, and the cookie's name.
local requests, at = {}, 0

function init(args)
  wrk.headers["X-Forwarded-Method"] = "GET"
  wrk.headers["X-Forwarded-Proto"] = "https"
  wrk.headers["X-Forwarded-Host"] = "shop.example"
  wrk.headers["X-Forwarded-Uri"] = "/checkout"
  for line in io.lines(args[1]) do
    wrk.headers["Cookie"] = args[2] .. "=" .. line
    requests[#requests + 1] = wrk.format()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
