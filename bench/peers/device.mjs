// A device-flow peer (RFC 8628): oidc-provider, as people run it, its state in Redis by an adapter of the usual kind.
//
//   node device.mjs REDIS_SOCKET REDIS_PASSWORD MODULES_FOLDER
//
// The client asks POST /device/auth and polls POST /token; POST /approve {user_code} is the person's phone, without the
// pages on which they would type the code. GET /auth is the code flow; its login page is a redirect that logs in.
// Prints {"url": ...} when ready.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [redisSocket, password, modules] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const Redis = require("ioredis");
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
const signingKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const redis = new Redis({ path: redisSocket, password, enableAutoPipelining: true });

class RedisAdapter {
  constructor(model) {
    this.key = (id) => `device:${model}:${id}`;
    this.byUserCode = (code) => `device:user_code:${code}`;
    this.byUid = (uid) => `device:uid:${uid}`;
  }

  async upsert(id, payload, seconds) {
    const kept = [redis.set(this.key(id), JSON.stringify(payload), "EX", seconds ?? 3600)];
    if (payload.userCode) kept.push(redis.set(this.byUserCode(payload.userCode), id, "EX", seconds ?? 3600));
    if (payload.uid) kept.push(redis.set(this.byUid(payload.uid), id, "EX", seconds ?? 3600));
    await Promise.all(kept);
  }

  async find(id) {
    const text = await redis.get(this.key(id));
    return text === null ? undefined : JSON.parse(text);
  }

  async findByUserCode(code) {
    const id = await redis.get(this.byUserCode(code));
    return id === null ? undefined : this.find(id);
  }

  async findByUid(uid) {
    const id = await redis.get(this.byUid(uid));
    return id === null ? undefined : this.find(id);
  }

  async consume(id) {
    const payload = await this.find(id);
    await redis.set(this.key(id), JSON.stringify({ ...payload, consumed: Math.floor(Date.now() / 1000) }), "KEEPTTL");
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }
}

const provider = new Provider("http://127.0.0.1", {
  adapter: RedisAdapter,
  clients: [
    { client_id: "bench", grant_types: [GRANT_TYPE], response_types: [], redirect_uris: [], token_endpoint_auth_method: "none" },
    {
      client_id: "web",
      client_secret: "demo-secret",
      grant_types: [GRANT_TYPE, "authorization_code"],
      redirect_uris: ["http://127.0.0.1/callback"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  cookies: { keys: ["a key of a peer that is there to be measured"] },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
  jwks: { keys: [signingKey] },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  ttl: { AccessToken: 43200, DeviceCode: 300, Grant: 43200 },
});

async function granted(clientId) {
  const grant = new provider.Grant({ accountId: "bench", clientId });
  grant.addOIDCScope("openid");
  return grant.save();
}

async function logIn(incoming, outgoing) {
  const { params } = await provider.interactionDetails(incoming, outgoing);
  const consent = { grantId: await granted(params.client_id) };
  await provider.interactionFinished(incoming, outgoing, { login: { accountId: "bench" }, consent });
}

async function approve(userCode) {
  const code = await provider.DeviceCode.findByUserCode(userCode.replaceAll("-", ""));
  code.accountId = "bench";
  code.authTime = Math.floor(Date.now() / 1000);
  code.grantId = await granted(code.clientId);
  code.scope = code.params.scope;
  await code.save();
  return {};
}

const answer = provider.callback();
const server = createServer((incoming, outgoing) => {
  if (incoming.url.startsWith("/interaction/")) return logIn(incoming, outgoing);
  if (incoming.url !== "/approve") return answer(incoming, outgoing);
  let text = "";
  incoming.on("data", (piece) => (text += piece));
  incoming.on("end", async () => {
    const data = JSON.stringify(await approve(JSON.parse(text).user_code));
    outgoing.writeHead(200, { "Content-Type": "application/json", "Content-Length": data.length });
    outgoing.end(data);
  });
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })));
