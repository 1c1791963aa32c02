// A site behind Queue-it's published connector, as its integration guide has it.
//
//     node site.mjs '{"port": 1234, "customer": "...", "event": "...", "key": "...", "room": "host:port"}'
//
// /local...: the configuration is in the code. /config..., /done...: it is Queue-it's JSON, with a
// Queue and a Cancel action. What belongs here: the connector's calls, and nothing that decides.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(new URL("../peers/", import.meta.url));
const { KnownUser, QueueEventConfig } = require("@queue-it/connector-javascript");

const { port, customer, event, key, room, extend = true } = JSON.parse(process.argv[2]);
const origin = `http://127.0.0.1:${port}`;

const action = (Name, ActionType, path) => ({
  Name, ActionType, EventId: event, CookieDomain: "", LayoutName: "Plain", Culture: "en-GB",
  ExtendCookieValidity: extend, CookieValidityMinute: 20, QueueDomain: room,
  RedirectLogic: "AllowTParameter", ForcedTargetUrl: "", IsCookieHttpOnly: true,
  Triggers: [{
    LogicalOperator: "And",
    TriggerParts: [{
      ValidatorType: "UrlValidator", UrlPart: "PagePath", Operator: "Contains",
      ValueToCompare: path, IsNegative: false, IsIgnoreCase: true,
    }],
  }],
});
const integration = JSON.stringify({
  Description: "test", Version: 7,
  Integrations: [action("tickets", "Queue", "/config"), action("bought", "Cancel", "/done")],
});

function context(request, url, cookies) {
  const sent = Object.fromEntries(
    (request.headers.cookie ?? "").split("; ").filter(Boolean).map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
    }),
  );
  return {
    getCryptoProvider: () => ({
      getSha256Hash: (secret, text) => createHmac("sha256", secret).update(text).digest("hex"),
    }),
    getEnqueueTokenProvider: () => null,
    getHttpRequest: () => ({
      getUserAgent: () => request.headers["user-agent"],
      getHeader: (name) => request.headers[name.toLowerCase()] ?? "",
      getAbsoluteUri: () => url.href,
      getUserHostAddress: () => request.socket.remoteAddress,
      getCookieValue: (name) => sent[name],
      getRequestBodyAsString: () => "",
    }),
    getHttpResponse: () => ({
      setCookie: (name, value, domain, expires, httpOnly) => {
        const until = `Expires=${new Date(expires * 1000).toUTCString()}`;
        const http = httpOnly ? "; HttpOnly" : "";
        cookies.push(`${name}=${encodeURIComponent(value)}; Path=/; ${until}${http}`);
      },
    }),
  };
}

function judge(url, token, asked) {
  const here = url.href;
  if (!url.pathname.startsWith("/local")) {
    return KnownUser.validateRequestByIntegrationConfig(here, token, integration, customer, key, asked);
  }
  const config = new QueueEventConfig(
    event, [], "Plain", "en-GB", room, null, extend, 20, "", true, false, 3, "tickets",
  );
  return KnownUser.resolveQueueRequestByLocalConfig(here, token, config, customer, key, asked, null);
}

createServer(async (request, response) => {
  const url = new URL(request.url, origin);
  const token = url.searchParams.get(KnownUser.QueueITTokenKey) ?? "";
  url.searchParams.delete(KnownUser.QueueITTokenKey);
  const cookies = [];
  const result = await judge(url, token, context(request, url, cookies));
  if (cookies.length) response.setHeader("set-cookie", cookies);
  response.setHeader("cache-control", "no-cache, no-store, must-revalidate");
  if (result.doRedirect()) {
    response.writeHead(302, { location: result.redirectUrl }).end();
  } else if (token && result.actionType === "Queue") {
    response.writeHead(302, { location: url.href }).end();
  } else {
    const { actionType, queueId, redirectType } = result;
    response.end(JSON.stringify({ actionType, queueId, redirectType }));
  }
}).listen(port, "127.0.0.1");
