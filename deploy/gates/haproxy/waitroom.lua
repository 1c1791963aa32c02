-- Asks Waitroom's forward-auth check about a request: http-request lua.waitroom SOCKET EVENT CHECK
--
-- Passed: the variable txn.waitroom is "passed" and the request has Waitroom's X-Waitroom-* headers.
-- Turned away: the visitor gets Waitroom's answer. No answer: txn.waitroom is "down"; what happens
-- then stands in haproxy.cfg.

-- More than "timeout server" of the backend, which gives up first: the client here would try again.
local TIMEOUT_MS = 10000

-- Of the visitor's headers those that a decision needs; all else stays here.
local ASKED = {"cookie", "authorization", "accept", "sec-fetch-mode"}
-- Of the answer's headers those that are for the site, and those that are for the visitor.
local FOR_SITE = {"x-waitroom-event-id", "x-waitroom-request-id", "x-waitroom-queue-position",
                  "x-waitroom-expires-at"}
local FOR_VISITOR = {"location", "set-cookie", "cache-control", "content-type", "www-authenticate",
                     "retry-after", "referrer-policy"}

-- HAProxy counts header values from 0, which ipairs does not see.
local function values(headers, name)
    local found = {}
    local there = headers and headers[name]
    if there then
        local n = there[0] ~= nil and 0 or 1
        while there[n] ~= nil do
            found[#found + 1] = there[n]
            n = n + 1
        end
    end
    return found
end

local function question(txn)
    local sent = txn.http:req_get_headers()
    local headers = {
        ["x-forwarded-method"] = {txn.f:method()},
        ["x-forwarded-proto"] = {txn.f:ssl_fc() == 1 and "https" or "http"},
        ["x-forwarded-host"] = {txn.f:req_fhdr("host") or ""},
        ["x-forwarded-uri"] = {txn.f:pathq()},
    }
    for _, name in ipairs(ASKED) do
        local theirs = values(sent, name)
        if #theirs > 0 then
            headers[name] = theirs
        end
    end
    return headers
end

local function turn_away(txn, answer)
    local reply = txn:reply({status = answer.status})
    for _, name in ipairs(FOR_VISITOR) do
        for _, value in ipairs(values(answer.headers, name)) do
            reply:add_header(name, value)
        end
    end
    reply:set_body(answer.body or "")
    txn:done(reply)
end

local function waitroom(txn, socket, event, check)
    txn:set_var("txn.waitroom", "down")
    local answer = core.httpclient():get({
        url = "http://waitroom/verify/" .. event .. "?" .. check,
        dst = socket,
        headers = question(txn),
        timeout = TIMEOUT_MS,
    })
    local status = answer and answer.status or 0
    if status == 200 then
        for _, name in ipairs(FOR_SITE) do
            local value = values(answer.headers, name)[1]
            if value then
                txn.http:req_set_header(name, value)
            end
        end
        txn:set_var("txn.waitroom", "passed")
    elseif status >= 300 and status < 500 then
        turn_away(txn, answer)
    end
end

core.register_action("waitroom", {"http-req"}, waitroom, 3)
