// The gateway in a container: npm install --save-dev testcontainers; node --test testcontainers.test.mjs
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { GenericContainer, Wait } from "testcontainers";

const token = randomBytes(24).toString("base64url");
let gateway;

async function sim(method, path, body) {
  const url = `http://${gateway.getHost()}:${gateway.getMappedPort(8080)}/sim/v1${path}`;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? {} : answer.json();
}

before(async () => {
  gateway = await new GenericContainer("scan-to-login")
    .withEnvironment({ PAIRING_SIM_TOKEN: token })
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp("/readyz", 8080))
    .start();
});
after(() => gateway.stop());

test("a confirmed login verifies its unit", async () => {
  await sim("POST", "/reset");
  const { client_id: client } = await sim("POST", "/clients", { ticket: false });
  const { phone_id: phone } = await sim("POST", "/phones", { persona: "approves" });
  await sim("POST", `/phones/${phone}/watch`, { client_id: client });
  const { ticket_id: ticket } = await sim("POST", `/clients/${client}/ticket`, {});
  await sim("GET", `/await?ticket=${ticket}&state=confirmed&timeout=10`); // an event, not a sleep
  await sim("POST", `/clients/${client}/claim`, {});
  const unit = { unit: "A", declaration_password: "Unit-2019" };
  assert.equal((await sim("POST", `/clients/${client}/verification`, unit)).stage, "unit_verified");
});
