// openid-client from npm: the device flow, or the code flow with PKCE, nonce and state.
// node with_openid_client.mjs device|code GATEWAY [STARTED] — tells each step as a line of JSON.
// STARTED is a device authorization of before.
import { once } from "node:events";
import { createServer } from "node:http";
import * as oidc from "openid-client";

const [flow, gateway, before] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));

const config = await oidc.discovery(new URL(`${gateway}/oauth`), "desk", undefined, oidc.None(), {
  execute: [oidc.allowInsecureRequests], // plain http on loopback
});

async function byDevice() {
  if (before) return oidc.pollDeviceAuthorizationGrant(config, JSON.parse(before));
  const started = await oidc.initiateDeviceAuthorization(config, { scope: "openid profile" });
  tell(started); // verification_uri_complete is what the phone scans
  return oidc.pollDeviceAuthorizationGrant(config, started);
}

async function byBrowser() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const redirect_uri = `http://127.0.0.1:${server.address().port}/callback`;
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: "openid profile",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  tell({ address: address.href }); // open it in a browser
  const [request, response] = await once(server, "request");
  response.end("You may close this window.");
  server.close();
  return oidc.authorizationCodeGrant(config, new URL(request.url, redirect_uri), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  });
}

try {
  const tokens = await (flow === "device" ? byDevice() : byBrowser());
  const { sub } = tokens.claims();
  tell({ person: await oidc.fetchUserInfo(config, tokens.access_token, sub) });
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  tell({ refreshed: next.access_token !== tokens.access_token });
} catch (error) {
  tell({ error: error.error ?? error.code ?? error.message });
}
