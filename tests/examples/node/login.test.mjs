// Scan-to-login in Node's own test runner: node --test login.test.mjs
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startGateway } from "scan-to-login";

let gateway, client;

before(async () => {
  gateway = await startGateway();
});
beforeEach(async () => {
  await gateway.control.reset();
  client = gateway.client({ name: "node client" });
});
after(() => gateway.stop());

test("a confirmed login gets a session, and verifies its unit", async () => {
  const phone = await gateway.phone({ persona: "agent" });
  const ticket = await client.requestTicket();
  const page = await phone.scan(ticket.qr); // the text of the QR code
  assert.equal(page.client.name, "node client");
  await phone.confirm();
  await ticket.waitFor("confirmed"); // an event, not a sleep
  const session = await ticket.claim();
  assert.equal((await session.verifyUnit("A")).stage, "unit_verified");
});

test("a rejected login gets none", async () => {
  const phone = await gateway.phone({ persona: "agent" });
  const ticket = await client.requestTicket();
  await phone.scan(ticket);
  await phone.reject();
  await assert.rejects(ticket.waitFor("confirmed"), { code: "ticket_rejected" });
});

test("a QR expires after two minutes", async () => {
  const ticket = await client.requestTicket();
  await gateway.control.clock.advance({ minutes: 2 }); // takes a millisecond
  await ticket.waitFor("expired");
});
