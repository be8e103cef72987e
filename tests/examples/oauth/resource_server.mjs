// A resource server that checks JWT access tokens (RFC 9068) offline, with jose from npm.
// node resource_server.mjs GATEWAY — serves on a free port of loopback, and tells its address.
import { createServer } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [gateway] = process.argv.slice(2);
const keys = createRemoteJWKSet(new URL(`${gateway}/oauth/jwks`), { cooldownDuration: 0 });

const server = createServer(async (request, response) => {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: `${gateway}/oauth`, audience: gateway, typ: "at+jwt" });
    response.end(JSON.stringify({ sub: payload.sub, scope: payload.scope, acr: payload.acr }));
  } catch (error) {
    response.writeHead(401, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
    response.end(JSON.stringify({ code: error.code }));
  }
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })));
