// The gate in front of an Express site: lets visitors through who have a token of the waiting room
// and sends the others there. What it decides is the table in docs/authorizer.md; change both.
//
// Which paths are protected is said where it is mounted, so that gate and router read a path alike:
//
//   app.use("/checkout", waitroomGate({ eventId, waitroomUrl, siteUrl }));
"use strict";

const { createLocalJWKSet, createRemoteJWKSet, jwtVerify } = require("jose");

const CODE = "waitroom_code";
const TOKEN = "waitroom_token";
const CODE_FORM = /^[A-Za-z0-9_-]{80,1024}$/;
const MAX_TOKEN = 3800; // characters; a browser drops a longer cookie
const MAX_COOKIES = 3; // more of one name means that somebody plants them
const MAX_REDEEMS = 16; // under way at a time: made-up codes must not press the waiting room
const LEEWAY = 5; // seconds this clock may be behind the waiting room's
const FLOOR = 10_000; // ms; least time between two fetches of the keys, whatever `kid`s are made up
// What `jose` says of a token that will not do; anything else says that the keys could not be had.
const BAD_TOKEN = /^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT|JWKS_NO|JWKS_MULTIPLE)/;

// The room, or its keys, cannot be reached: the visitor may try again, nobody gets in unchecked.
class Away extends Error {}

/**
 * @param {object} options
 * @param {string} options.eventId event of the waiting room
 * @param {string} options.waitroomUrl public plane of the waiting room
 * @param {string} options.siteUrl origin of this site as visitors see it; return URLs are made of
 *   it and never of the Host header, which is the visitor's to choose
 * @returns Express middleware; `req.waitroom` are the claims of the visitor
 */
function waitroomGate({ eventId, waitroomUrl, siteUrl }) {
  const room = waitroomUrl.replace(/\/+$/, "");
  const site = new URL(siteUrl).origin;
  const issuer = `${room}/oidc/${eventId}`;
  const cookieName = `waitroom_${eventId}`;
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    cooldownDuration: FLOOR,
    cacheMaxAge: 300_000,
    timeoutDuration: 5_000,
  });
  let failedAt = -Infinity;
  let redeeming = 0;

  /** The key that a token names. `jose` keeps the floor after a fetch, this after a failed one. */
  async function keyOf(header, token) {
    if (performance.now() - failedAt < FLOOR) {
      if (!keys.fresh) throw new Away("keys");
      return createLocalJWKSet(keys.jwks())(header, token);
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (!BAD_TOKEN.test(error.code)) failedAt = performance.now();
      throw error;
    }
  }

  /** The claims of a token that holds, else null. */
  async function judge(token) {
    if (token.length > MAX_TOKEN) return null;
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ["RS256", "ES256", "EdDSA"], // never HS256: the key would be a public one
        issuer,
        clockTolerance: LEEWAY,
        requiredClaims: ["exp", "sub"],
      });
      // The leeway is for a token's beginning; its end is never stretched.
      const holds =
        payload.aud === eventId && payload.token_use === "access" && payload.exp > Date.now() / 1000;
      return holds ? payload : null;
    } catch (error) {
      if (BAD_TOKEN.test(error.code)) return null;
      throw new Away("keys");
    }
  }

  /** The token behind a one-time code; null if the room refuses it. */
  async function redeem(code) {
    if (!CODE_FORM.test(code)) return null;
    if (redeeming >= MAX_REDEEMS) throw new Away("busy");
    redeeming += 1;
    try {
      const reply = await fetch(`${room}/api/redeem`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ event_id: eventId, code, site_url: site }),
        redirect: "error", // the code is a secret of this room
        signal: AbortSignal.timeout(5_000),
      });
      const said = await reply.json();
      if (reply.status === 200) return said.access_token;
      if (reply.status === 400 && said.code === "code_refused") return null;
      throw new Away(`the waiting room answered ${reply.status}`);
    } catch (error) {
      throw error instanceof Away ? error : new Away("code");
    } finally {
      redeeming -= 1;
    }
  }

  function goTo(res, location) {
    res.set({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
    res.redirect(303, location);
  }

  function turnAway(req, res, refused, here) {
    if (!navigates(req)) {
      const challenge = refused ? 'Bearer error="invalid_token"' : "Bearer";
      const code = refused ? "token_refused" : "unauthorized";
      res.set({ "Cache-Control": "no-store", "WWW-Authenticate": challenge });
      return res.status(401).json({ error: "This needs a token of the waiting room.", code });
    }
    // The room takes nobody round and round who comes back with `refused`.
    const why = refused ? `&refused=${refused}` : "";
    return goTo(res, `${room}/enter/${eventId}?return=${encodeURIComponent(here)}${why}`);
  }

  async function decide(req, res, next) {
    const { path, query, handed } = takeApart(req.originalUrl);
    const here = site + path + query;
    const safe = req.method === "GET" || req.method === "HEAD";
    const handOver = (token, claims) => {
      const maxAge = Math.max(1000, claims.exp * 1000 - Date.now());
      const secure = site.startsWith("https:");
      res.cookie(cookieName, token, { maxAge, secure, httpOnly: true, sameSite: "lax" });
      goTo(res, here);
    };
    const pass = (claims) => {
      // The site sees neither code nor token.
      req.url = req.url.split("?")[0] + query;
      req.originalUrl = path + query;
      req.waitroom = claims;
      next();
    };
    let refused = "";
    for (const [source, token] of offers(req, cookieName, handed[TOKEN])) {
      const claims = await judge(token);
      if (!claims) refused ||= "token_refused";
      else if (source === "bearer" || !safe) return pass(claims);
      else if (source === "handed") return handOver(token, claims);
      else return handed[CODE] ? goTo(res, here) : pass(claims);
    }
    if (handed[CODE]) {
      const token = await redeem(handed[CODE]);
      const claims = token && (await judge(token));
      if (claims) return safe ? handOver(token, claims) : pass(claims);
      refused ||= "code_refused";
    }
    return turnAway(req, res, refused, here);
  }

  return (req, res, next) =>
    decide(req, res, next).catch((error) => {
      if (!(error instanceof Away)) return next(error);
      res.set({ "Cache-Control": "no-store", "Retry-After": "2" });
      return res.status(503).json({ error: "Please try again in a moment.", code: "unavailable" });
    });
}

/** Path and query of a request, without what the room hands over; the rest stays as it is. */
function takeApart(url) {
  const [sent, ...rest] = url.split("?");
  const handed = {};
  const kept = rest.join("?").split("&").filter((part) => {
    const [name, ...value] = part.split("=");
    const ours = decoded(name);
    if (ours !== CODE && ours !== TOKEN) return true;
    handed[ours] = decoded(value.join("="));
    return false;
  });
  const query = kept.join("&");
  // "//evil.example" stays a path behind the site's origin; what is no path becomes the front page.
  return { path: sent.startsWith("/") ? sent : "/", query: query && `?${query}`, handed };
}

function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return "";
  }
}

/** Tokens of a request: the bearer's, the one handed over, those in cookies of our name. */
function* offers(req, cookieName, handed) {
  const [, bearer] = /^bearer +(\S+)$/i.exec(req.headers.authorization ?? "") ?? [];
  const repeated = req.headersDistinct.authorization?.length > 1;
  if (bearer && !repeated) yield ["bearer", bearer];
  if (handed) yield ["handed", handed];
  const pairs = (req.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const ours = pairs.filter((pair) => pair.startsWith(`${cookieName}=`)).slice(0, MAX_COOKIES);
  for (const pair of ours) yield ["cookie", pair.slice(cookieName.length + 1)];
}

/** Is a person waiting for a page? */
function navigates(req) {
  if (req.method !== "GET" && req.method !== "HEAD") return false;
  const mode = req.headers["sec-fetch-mode"];
  return mode ? mode === "navigate" : (req.headers.accept ?? "").includes("text/html");
}

module.exports = { waitroomGate };
