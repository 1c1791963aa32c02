// What to write where, for each kind of gate, with an event's values in it. Pure: addresses in, texts
// out. The facts are those of deploy/gates/ and docs/: what must change with it is named by each
// `file`; nothing here is the whole of a configuration that is longer than a few lines.

const LOCAL = "127.0.0.1:8080"; // where a public plane listens unless told otherwise
const PATHS = "https://shop.example";

/**
 * @typedef {{name: string, label: string, about: string, text: string, file: string, doc: string}} Snippet
 * `text`: what to copy; `file`: the complete file or example in the repository; `doc`: the page on it
 */

/**
 * The addresses of an event on the public plane.
 * @param {{event_id: string, target_url: string}} event
 */
export function addresses({ event_id: id, target_url: target }, publicUrl) {
  const room = publicUrl.replace(/\/+$/, "");
  return {
    id,
    room,
    plane: planeOf(room),
    site: originOf(target) || PATHS,
    host: new URL(originOf(target) || PATHS).host,
    enter: `${room}/enter/${id}`,
    page: `${room}/room/${id}`,
    issuer: `${room}/oidc/${id}`,
    verify: `${room}/verify/${id}`,
    jwks: `${room}/oidc/${id}/.well-known/jwks.json`,
  };
}

/** The origin of a URL as it is written in configurations; "" if it has none. */
function originOf(url) {
  try {
    const { origin } = new URL(url);
    return origin === "null" ? "" : origin;
  } catch {
    return "";
  }
}

/** Gates on the same machine ask the public plane without TLS; its own address is only known there. */
function planeOf(room) {
  const { protocol, host } = new URL(room);
  return protocol === "http:" ? host : LOCAL;
}

const python = (a, use) => `from waitroom.authorizer import Gate, ${use}

gate = Gate.of_event(
    "${a.id}",
    waitroom_url="${a.room}",  # the public plane
    site_url="${a.site}",  # your site, as visitors see it
    protected=("/checkout",),  # ("/",): all of it
)`;

const issuerOf = (a) => `issuer                  ${a.issuer}
discovery               ${a.issuer}/.well-known/openid-configuration
authorization endpoint  ${a.issuer}/authorize
token endpoint          ${a.issuer}/token
user info endpoint      ${a.issuer}/userInfo
end session endpoint    ${a.issuer}/end_session
key set                 ${a.jwks}
scope, response type    openid, code (PKCE S256)
client authentication   client_secret_basic or client_secret_post`;

const TRUST = (a) => `Waitroom has to believe the gate: WAITROOM_TRUSTED_PROXIES=127.0.0.1/32 (the addresses it asks from), or nobody new gets in. ${a.site} has to be the event’s target URL or one of its return URLs.`;

/**
 * Every snippet, filled in.
 * @param {ReturnType<typeof addresses>} a
 * @returns {Snippet[]}
 */
export const snippets = (a) => [
  {
    name: "asgi",
    label: "Python: ASGI (Litestar, Starlette, FastAPI, Django)",
    about: "pip install waitroom. In front of the application; admitted(scope) gives the visitor’s claims.",
    text: `${python(a, "WaitroomMiddleware")}
app = WaitroomMiddleware(app, gate=gate)`,
    file: "examples/shop",
    doc: "docs/authorizer.md",
  },
  {
    name: "wsgi",
    label: "Python: WSGI (Flask, Django, Pyramid)",
    about: "pip install waitroom. The visitor’s claims are in environ[\"waitroom.claims\"].",
    text: `${python(a, "WaitroomWSGIMiddleware")}
app = WaitroomWSGIMiddleware(app, gate=gate)  # Flask: app.wsgi_app = ...(app.wsgi_app, gate=gate)`,
    file: "examples/shop",
    doc: "docs/authorizer.md",
  },
  {
    name: "nginx",
    label: "nginx",
    about: `The marked places of the file; all else stays as it is. ${TRUST(a)}`,
    text: `# sudo cp waitroom.conf /etc/nginx/conf.d/ ; then, at its top:
upstream waitroom { server ${a.plane}; keepalive 64; }    # the public plane
upstream site     { server 127.0.0.1:3000; keepalive 64; }    # what is protected

map $host $waitroom_event { default ${a.id}; }
map "" $waitroom_check    { default "deny=status"; }

# in its server block:
server_name ${a.host};

# sudo nginx -t && sudo systemctl reload nginx`,
    file: "deploy/gates/nginx/waitroom.conf",
    doc: "deploy/gates/nginx/README.md",
  },
  {
    name: "haproxy",
    label: "HAProxy",
    about: `The file reads these from the environment. ${TRUST(a)}`,
    text: `# sudo cp haproxy.cfg waitroom.lua /etc/haproxy/ ; in /etc/default/haproxy:
WAITROOM=${a.plane}
WAITROOM_EVENT=${a.id}
WAITROOM_CHECK=deny=redirect
SITE=127.0.0.1:3000
LISTEN=:80

# sudo haproxy -c -f /etc/haproxy/haproxy.cfg && sudo systemctl reload haproxy`,
    file: "deploy/gates/haproxy/haproxy.cfg",
    doc: "deploy/gates/haproxy/README.md",
  },
  {
    name: "caddy",
    label: "Caddy",
    about: `The file reads these from the environment. ${TRUST(a)}`,
    text: `# sudo cp Caddyfile /etc/caddy/ ; in the environment of the service:
LISTEN=${a.host}
WAITROOM=${a.plane}
WAITROOM_EVENT=${a.id}
WAITROOM_CHECK=deny=redirect
SITE=127.0.0.1:3000

# sudo systemctl reload caddy`,
    file: "deploy/gates/caddy/Caddyfile",
    doc: "deploy/gates/caddy/README.md",
  },
  {
    name: "apache",
    label: "Apache",
    about: "By OpenID Connect (mod_auth_openidc): add a client below first. These lines are at the top of the file.",
    text: `Define WAITROOM_ISSUER    ${a.issuer}
Define WAITROOM_SITE      ${a.site}
Define WAITROOM_CLIENT_ID shop
# for root alone (chmod 600): Define WAITROOM_CLIENT_SECRET and WAITROOM_COOKIE_SECRET
Include /etc/apache2/waitroom-secrets.conf

# redirect URI of the client: ${a.site}/waitroom/callback`,
    file: "deploy/gates/apache/waitroom.conf",
    doc: "deploy/gates/apache/README.md",
  },
  {
    name: "traefik",
    label: "Traefik",
    about: `The middleware of the file; it needs the other one there as well, which drops what visitors forge. ${TRUST(a)}`,
    text: `http:
  routers:
    shop:
      rule: "Host(\`${a.host}\`)"
      middlewares: [waitroom-clean, waitroom]
      service: site
  middlewares:
    waitroom:
      forwardAuth:
        address: "http://${a.plane}/verify/${a.id}?deny=redirect"
        trustForwardHeader: false
        authRequestHeaders: [Accept, Authorization, Cookie, Sec-Fetch-Mode]
        authResponseHeaders:
          - X-Waitroom-Event-Id
          - X-Waitroom-Request-Id
          - X-Waitroom-Queue-Position
          - X-Waitroom-Expires-At`,
    file: "deploy/gates/traefik/waitroom.yml",
    doc: "deploy/gates/traefik/README.md",
  },
  {
    name: "envoy",
    label: "Envoy",
    about: `The places marked “change” in the file. ${TRUST(a)}`,
    text: `# the virtual host
domains: ["${a.host}"]

# the filter envoy.filters.http.ext_authz, in http_service
path_prefix: "/verify/${a.id};deny=redirect"

# the address of the cluster "waitroom": ${a.plane}

# envoy --mode validate -c ext_authz.yaml`,
    file: "deploy/gates/envoy/ext_authz.yaml",
    doc: "deploy/gates/envoy/README.md",
  },
  {
    name: "alb",
    label: "AWS Application Load Balancer",
    about: "By OpenID Connect: add a client below first, with state lifetime 840 s, since a load balancer remembers a visitor for 15 minutes. SessionTimeout is the event’s validity period.",
    text: `"Issuer": "${a.issuer}",
"AuthorizationEndpoint": "${a.issuer}/authorize",
"TokenEndpoint": "${a.issuer}/token",
"UserInfoEndpoint": "${a.issuer}/userInfo",
"ClientId": "alb",
"ClientSecret": "the secret that adding the client showed",
"Scope": "openid",
"SessionTimeout": ${a.validity ?? 3600},
"OnUnauthenticatedRequest": "authenticate"

redirect URI of the client: ${a.site}/oauth2/idpresponse`,
    file: "deploy/gates/aws-alb/actions.json",
    doc: "deploy/gates/aws-alb/README.md",
  },
  {
    name: "oidc",
    label: "Anything with OpenID Connect",
    about: "Add a client below. What is asked for, and what to enter:",
    text: issuerOf(a),
    file: "examples/oidc",
    doc: "docs/oidc.md",
  },
  {
    name: "queueit",
    label: "Queue-it’s connectors",
    about: "Set the account below, then hand over by a Queue-it token. In the integration configuration one word changes:",
    text: `"QueueDomain": "${new URL(a.room).host}"`,
    file: "docs/queue-it.md",
    doc: "docs/queue-it.md",
  },
  {
    name: "links",
    label: "Links and a redirect in front",
    about: "Everybody goes through the room first. In links and mails write the first line; where the old address shall go on working, let nginx redirect.",
    text: `${a.enter}

# nginx, in the http block:
map $request_uri $page { "~^([^?&]*)" $1; }
# in the old address’s server block:
location / { return 303 ${a.enter}?return=${a.site}$page; }`,
    file: "examples/upstream",
    doc: "docs/pattern-upstream.md",
  },
  {
    name: "page",
    label: "Your own page (waitroom.js)",
    about: "Your page waits, in your looks. Its origin has to be among the event’s allowed origins.",
    text: `<script type="module">
  import { Waitroom } from "${a.room}/static/waitroom.js";

  const room = new Waitroom({ event: "${a.id}", base: "${a.room}" });
  room.on("update", (view) => console.log(view.phase, view.number, view.ahead));
  room.on("admitted", ({ location }) => location && window.location.assign(location));
  room.start();
</script>`,
    file: "examples/own_page",
    doc: "docs/own-page.md",
  },
];
