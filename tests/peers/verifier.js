// A back end that checks tokens with jose: keys by discovery, then signature and claims. Reads one
// line of JSON, {issuer, algorithms, tokens: [{token, audience}]}, and answers with one: for each
// token {claims, kid} or {error}.

import readline from 'node:readline';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { issuer, algorithms, tokens } = JSON.parse((await lines.next()).value);

const found = await fetch(`${issuer}/.well-known/openid-configuration`);
const keys = createRemoteJWKSet(new URL((await found.json()).jwks_uri));

async function check({ token, audience }) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms, // never what the token itself asks for
      requiredClaims: ['exp', 'sub', 'token_use'],
    });
    return { claims: payload, kid: protectedHeader.kid };
  } catch (error) {
    return { error: error.code ?? String(error) };
  }
}

process.stdout.write(JSON.stringify(await Promise.all(tokens.map(check))) + '\n');
