// A site that logs its visitors in with openid-client: discovery, code flow with PKCE, state and
// nonce, userinfo, refresh and logout. Reads lines of JSON, answers with lines of JSON:
//
//   <- {issuer, client, redirect_uri, post_logout_redirect_uri}
//   -> {authorization_url}         where the site sends the visitor
//   <- {callback}                  the URL with which the visitor came back
//   -> {claims, userinfo, ...}     what the site knows then; or {error}

import readline from 'node:readline';
import { Issuer, generators } from 'openid-client';

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value);
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');

const asked = await hear();
const provider = await Issuer.discover(asked.issuer);
const client = new provider.Client({ ...asked.client, response_types: ['code'] });

const checks = {
  response_type: 'code',
  state: generators.state(),
  nonce: generators.nonce(),
  code_verifier: generators.codeVerifier(),
};
say({
  authorization_url: client.authorizationUrl({
    redirect_uri: asked.redirect_uri,
    scope: 'openid',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: generators.codeChallenge(checks.code_verifier),
    code_challenge_method: 'S256',
  }),
});

async function visit(callback) {
  // Checks state and iss of the answer; then signature, iss, aud, nonce, iat, exp and at_hash.
  const tokens = await client.callback(asked.redirect_uri, client.callbackParams(callback), checks);
  const known = { claims: tokens.claims(), tokens: { ...tokens } };
  known.userinfo = await client.userinfo(tokens); // checks that it is about the same visitor
  if (tokens.refresh_token) {
    known.refreshed = { ...(await client.refresh(tokens)) }; // checks the new ID token likewise
  }
  known.end_session_url = client.endSessionUrl({
    id_token_hint: tokens,
    post_logout_redirect_uri: asked.post_logout_redirect_uri,
    state: 'left',
  });
  return known;
}

const { callback } = await hear();
say(await visit(callback).catch((error) => ({ error: `${error.name}: ${error.message}` })));
