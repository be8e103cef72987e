// Phones and clients that the gateway holds, for tests in any language: node --test held.test.mjs
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startGateway } from "scan-to-login";

let gateway;

before(async () => {
  gateway = await startGateway();
});
beforeEach(() => gateway.control.reset()); // removes them too
after(() => gateway.stop());

test("a phone whose person approves confirms each QR of a client", async () => {
  const client = await gateway.control.clients.make({ name: "held client" });
  const phone = await gateway.control.phones.make({ persona: "approves" });
  await phone.watch(client); // or the text of one QR, such as your program's
  await client.waitFor("confirmed");
  assert.equal((await client.claim()).account.login_name, "agent");
  assert.equal((await client.verifyUnit("A", "Unit-2019")).stage, "unit_verified");
  const { deeds } = await phone.deeds();
  assert.deepEqual(
    deeds.map(({ did }) => did),
    ["confirmed"],
  );
});

test("a picture of the QR is scanned", async () => {
  const client = await gateway.control.clients.make();
  const phone = await gateway.control.phones.make({ identifier: "single", password: "Demo-2019" });
  const page = await phone.scan(await client.qrPng()); // or text, or the file: URL of a screenshot
  assert.equal(page.ticket_id, (await client.show()).ticket_id);
  await phone.reject();
  await assert.rejects(client.waitFor("confirmed"), { status: 410 });
});
