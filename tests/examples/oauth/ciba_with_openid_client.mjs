// openid-client from npm: CIBA, by polls.
// node ciba_with_openid_client.mjs GATEWAY PERSON NUMBER — tells each step as a line of JSON.
import * as oidc from "openid-client";

const [gateway, person, number] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));

try {
  const config = await oidc.discovery(new URL(`${gateway}/oauth`), "web", "demo-secret", undefined, {
    execute: [oidc.allowInsecureRequests], // plain http on loopback
  });
  const started = await oidc.initiateBackchannelAuthentication(config, {
    scope: "openid profile",
    login_hint: person,
    binding_message: number, // show it: the person enters it on the phone
  });
  tell(started);
  const tokens = await oidc.pollBackchannelAuthenticationGrant(config, started);
  tell({ person: await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub) });
} catch (error) {
  tell({ error: error.error ?? error.code ?? error.message });
}
