// An OpenID provider for the tests: npm oidc-provider with three faces on one issuer, switched over stdin.
//   "face first" keys A · "face rotated" keys B · "face plain" keys A, claims in the ID token
//   "account NAME" who signs in · "slow MS" every answer waits · "deny" the next person says no
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'

const given = JSON.parse(process.argv[2])
let account = 'mai'
let delay = 0
let deny = false
let face = 'first'

const server = createServer((request, response) => {
  setTimeout(() => faces[face].callback()(request, response), delay)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`

async function key(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' }
}

function provider(keys, conformIdTokenClaims) {
  const made = new Provider(issuer, {
    clients: given.clients,
    jwks: { keys },
    cookies: { keys: ['only for tests'] },
    claims: { openid: ['sub', ...given.claims] },
    conformIdTokenClaims,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    ttl: { IdToken: 3600, AccessToken: 600, AuthorizationCode: 60, Interaction: 600, Session: 600, Grant: 600 },
    interactions: { url: (_context, interaction) => `/login/${interaction.uid}` },
    async findAccount(_context, id) {
      return { accountId: id, claims: async () => ({ sub: id, ...given.accounts[id] }) }
    },
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
  })
  made.use(async (context, next) => {
    if (!context.path.startsWith('/login/')) return next()
    const result = deny ? { error: 'access_denied' } : { login: { accountId: account } }
    deny = false
    await made.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: false })
    context.respond = false
  })
  return made
}

const [a, b] = [await key('a'), await key('b')]
const faces = { first: provider([a], true), rotated: provider([b], true), plain: provider([a], false) }

createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, value] = line.split(' ')
  if (word === 'face') face = value
  if (word === 'account') account = value
  if (word === 'slow') delay = Number(value)
  if (word === 'deny') deny = true
  console.log(JSON.stringify({ done: line }))
}).on('close', () => process.exit(0))
console.log(JSON.stringify({ issuer }))
