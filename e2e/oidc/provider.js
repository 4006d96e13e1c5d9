// The certified OpenID provider (npm 'oidc-provider') on loopback, for tests of signing in. Nothing here runs in production.
//
//   node provider.js --redirect http://127.0.0.1:8080/sign-in/provider [--port 0] [--secret SECRET]
//
// Prints one line of JSON when it is ready: {"issuer", "client_id"}. Any account name may be typed into its page; how the
// person proved who they are (amr, acr) and further claims (tid, oid, hd, email) are chosen there too, as a test needs them.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';

const { values: options } = parseArgs({
  options: {
    redirect: { type: 'string', multiple: true },
    port: { type: 'string', default: '0' },
    secret: { type: 'string' },
  },
});

const CLIENT = 'city-tools';
const server = createServer();
// A busy machine may take its time between two requests of one person.
server.keepAliveTimeout = 60_000;
server.listen(Number(options.port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  serve(issuer);
  process.stdout.write(`${JSON.stringify({ issuer, client_id: CLIENT })}\n`);
});
// Whoever started it reads one line and may close the pipe: what the provider says later is lost, and must not end it.
process.stdout.on('error', () => {});
// Goes when whoever started it goes.
process.stdin.on('end', () => process.exit(0)).resume();

/** Further claims of each account, as its sign-in page set them. */
const claims = new Map();

function serve(issuer) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        ...(options.secret ? { client_secret: options.secret } : { token_endpoint_auth_method: 'none' }),
        redirect_uris: options.redirect ?? [],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        // Loopback addresses may be plain http for a native client only.
        application_type: 'native',
      },
    ],
    claims: {
      openid: ['sub', 'amr', 'acr', 'auth_time', 'tid', 'oid', 'hd'],
      email: ['email', 'email_verified'],
      profile: ['name'],
    },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['only for tests'] },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims.get(id) }) }),
    // The organisation has agreed for its people: no consent page.
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const known = session.grantIdFor(client.clientId);
      const grant = known
        ? await provider.Grant.find(known)
        : new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const protocol = provider.callback();
  server.on('request', async (request, response) => {
    try {
      if (!request.url.startsWith('/interaction/')) return protocol(request, response);
      if (request.method === 'POST') return await signIn(provider, request, response);
      page(response, request.url);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error?.error_description ?? error));
    }
  });
}

async function signIn(provider, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const account = form.get('account');
  const further = {};
  for (const name of ['email', 'name', 'tid', 'oid', 'hd']) if (form.get(name)) further[name] = form.get(name);
  claims.set(account, further);
  const login = { accountId: account };
  if (form.get('amr')) login.amr = form.get('amr').split(' ');
  if (form.get('acr')) login.acr = form.get('acr');
  await provider.interactionFinished(request, response, { login, consent: {} }, { mergeWithLastSubmission: false });
}

function page(response, action) {
  const field = (name, label) => `<p><label>${label} <input name="${name}"></label></p>`;
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><html lang="en"><title>Test provider</title><h1>Test provider</h1>
<form method="post" action="${action.replaceAll('"', '')}">
${field('account', 'Account')}${field('email', 'Email')}${field('name', 'Name')}${field('amr', 'Methods')}${field('acr', 'Context')}
${field('tid', 'Tenant')}${field('oid', 'Object')}${field('hd', 'Domain')}
<button>Continue</button></form></html>`);
}
