-- The same POST again and again. Argument: the body.
function init(args)
  wrk.method = "POST"
  wrk.body = args[1]
  wrk.headers["Content-Type"] = "application/json"
  request_text = wrk.format()
end

function request()
  return request_text
end
