// The peer of the mock Pro Santé Connect: oidc-provider, set up for the same two logins.
//
// As in the mock: plain HTTP, client_secret_basic, PKCE, an access token and an ID token that are
// both RS256 JWTs of 2048 bits, two pages between the request and the callback. Its memory adapter
// is used, and nothing is written to disk.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const CIBA = 'urn:openid:params:grant-type:ciba';
const RESOURCE = 'urn:banc:bench';
const PERSON = 'person';
const SCOPE = 'openid';
const [redirectUri] = process.argv.slice(2);
const secret = randomBytes(24).toString('base64url');

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'bench' };

async function grantTo(clientId) {
  const grant = new provider.Grant({ accountId: PERSON, clientId });
  grant.addOIDCScope(SCOPE);
  grant.addResourceScope(RESOURCE, SCOPE);
  await grant.save();
  return grant;
}

const configuration = {
  clients: [
    {
      client_id: 'bench',
      client_secret: secret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token', CIBA],
      backchannel_token_delivery_mode: 'poll',
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(24).toString('base64url')] },
  scopes: [SCOPE],
  pkce: { required: () => true },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: () => true,
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: (ctx) => grantTo(ctx.oidc.client.clientId),
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      processLoginHint: (ctx, hint) => hint,
      validateBindingMessage: () => undefined,
      validateRequestContext: () => undefined,
      verifyUserCode: () => undefined,
      triggerAuthenticationDevice: async (ctx, request, account, client) => {
        await provider.backchannelResult(request, await grantTo(client.clientId));
      },
    },
  },
};

const server = createServer();
server.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, configuration);
const answer = provider.callback();

server.on('request', async (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
  } else if (request.method === 'POST') {
    await provider.interactionFinished(request, response, { login: { accountId: PERSON } });
  } else {
    const { uid } = await provider.interactionDetails(request, response);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<form method="post" action="/interaction/${uid}"><button>OK</button></form>`);
  }
});

console.log(JSON.stringify({ issuer, client_id: 'bench', secret, login_hint: PERSON }));
process.stdin.on('end', () => process.exit(0)).resume();
