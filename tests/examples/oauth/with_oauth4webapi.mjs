// oauth4webapi from npm, which does each step by itself: the device flow, or the code flow with PKCE, nonce and state.
// node with_oauth4webapi.mjs device|code GATEWAY — tells each step as a line of JSON.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import * as oauth from "oauth4webapi";

const [flow, gateway] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));
const options = { [oauth.allowInsecureRequests]: true }; // plain http on loopback

const issuer = new URL(`${gateway}/oauth`);
const client = { client_id: "desk" };
const authentication = oauth.None();
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));

async function byDevice() {
  const asked = await oauth.deviceAuthorizationRequest(server, client, authentication, { scope: "openid profile" }, options);
  const started = await oauth.processDeviceAuthorizationResponse(server, client, asked);
  tell(started); // verification_uri_complete is what the phone scans
  for (;;) {
    await pause(1000 * started.interval);
    const polled = await oauth.deviceCodeGrantRequest(server, client, authentication, started.device_code, options);
    try {
      return await oauth.processDeviceCodeResponse(server, client, polled);
    } catch (error) {
      if (error.error !== "authorization_pending") throw error;
    }
  }
}

async function byBrowser() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const redirect_uri = `http://127.0.0.1:${listener.address().port}/callback`;
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri,
    scope: "openid profile",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  tell({ address: address.href }); // open it in a browser
  const [request, response] = await once(listener, "request");
  response.end("You may close this window.");
  listener.close();
  const brought = oauth.validateAuthResponse(server, client, new URL(request.url, redirect_uri), state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    brought,
    redirect_uri,
    verifier,
    options,
  );
  return oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: nonce, requireIdToken: true });
}

try {
  const tokens = await (flow === "device" ? byDevice() : byBrowser());
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const person = await oauth.userInfoRequest(server, client, tokens.access_token, options);
  tell({ person: await oauth.processUserInfoResponse(server, client, sub, person) });
  const renewed = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, options);
  const next = await oauth.processRefreshTokenResponse(server, client, renewed);
  tell({ refreshed: next.access_token !== tokens.access_token });
} catch (error) {
  tell({ error: error.error ?? error.code ?? error.message });
}
