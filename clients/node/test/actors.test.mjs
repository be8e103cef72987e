// Phones and clients that the gateway holds, against a real one.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PairingError, startGateway } from "scan-to-login";

const refused = (code, status) => (error) =>
  error instanceof PairingError && error.code === code && error.status === status;

describe("a gateway that holds phones and clients", () => {
  let gateway, phones, clients;
  before(async () => {
    gateway = await startGateway();
    ({ phones, clients } = gateway.control);
  });
  after(() => gateway.stop());
  beforeEach(() => gateway.control.reset());

  test("a login by hand: the QR as a picture, up to a verified unit", async () => {
    const client = await clients.make({ name: "held client" });
    const phone = await phones.make();
    assert.equal((await phone.show()).account, null);
    assert.equal((await phone.login("agent", "Demo-2019")).account.login_name, "agent");
    const page = await phone.scan(await client.qrPng());
    assert.equal(page.client_name, "held client");
    assert.deepEqual(await phone.page(), page);
    const scanned = await client.waitFor("scanned");
    assert.equal(scanned.scanned_by.display_name, "*三");
    assert.equal((await phone.confirm({ ticketId: page.ticket_id, number: scanned.number })).state, "confirmed");
    await client.waitFor("confirmed");
    const login = await client.claim({ idempotencyKey: "one key" });
    assert.equal((await client.claim({ idempotencyKey: "one key" })).access_token, login.access_token);
    assert.deepEqual(
      (await client.units()).map(({ taxpayer_id }) => taxpayer_id),
      login.units.map(({ taxpayer_id }) => taxpayer_id),
    );
    assert.equal((await client.verifyUnit("A", "Unit-2019")).stage, "unit_verified");
    assert.equal((await client.session()).unit.taxpayer_id, "91110108MA01A0B1CY");
    await client.logout();
    await assert.rejects(client.session(), PairingError);
    await phone.logout();
    assert.equal((await phone.show()).account, null);
  });

  test("a persona acts by itself on each QR of a client", async () => {
    const client = await clients.make();
    const phone = await phones.make({ persona: "approves" });
    await phone.watch(client);
    await client.waitFor("confirmed");
    const { deeds, next } = await phone.deeds({ wait: 10_000 });
    assert.deepEqual([deeds.map(({ did }) => did), next], [["confirmed"], 1]);
    const second = await client.requestTicket();
    assert.equal((await client.screen({ since: second.serial - 1, wait: 10_000 })).ticket_id, second.ticket_id);
    await client.waitFor("confirmed");
    assert.equal((await phone.deeds({ since: 1, wait: 10_000 })).deeds[0].ticket_id, second.ticket_id);
  });

  test("a client asks an account's phone, and nobody scans", async () => {
    const phone = await phones.make({ identifier: "agent", password: "Demo-2019" });
    const client = await clients.make({ target: "agent" });
    const [request] = await phone.requests({ wait: 10_000 });
    assert.equal(request.ticket_id, (await client.show()).ticket_id);
    await phone.openRequest(request.ticket_id);
    const { number } = await client.waitFor("scanned");
    assert.equal((await phone.confirm({ number })).state, "confirmed");
    await client.waitFor("confirmed");
    const { remembered } = await client.claim({ remember: true });
    await client.requestTicket({ remembered });
    assert.equal((await phone.openRequest()).ticket_id, (await client.show()).ticket_id);
    await client.cancel();
    const second = await client.requestTicket({ target: "agent" });
    assert.equal((await phone.requests({ since: request.ticket_id, wait: 10_000 }))[0].ticket_id, second.ticket_id);
    assert.equal((await phone.openRequest()).ticket_id, second.ticket_id);
  });

  test("a rejection and a cancelled ticket end the wait at once", async () => {
    const client = await clients.make();
    const phone = await phones.make({ identifier: "agent", password: "Demo-2019" });
    await phone.scan((await client.show()).qr);
    assert.equal((await phone.reject()).state, "rejected");
    await assert.rejects(client.waitFor("confirmed"), (error) => error.status === 410);
    await client.requestTicket();
    assert.equal((await client.cancel()).state, "cancelled");
    await assert.rejects(client.waitFor("scanned"), (error) => error.status === 410);
  });

  test("a picture is scanned from its file", async () => {
    const client = await clients.make({ transport: "poll" });
    const phone = await phones.make({ identifier: "agent", password: "Demo-2019" });
    const folder = mkdtempSync(join(tmpdir(), "pictures-"));
    try {
      const file = join(folder, "qr.png");
      writeFileSync(file, await client.qrPng());
      assert.equal((await phone.scan(pathToFileURL(file))).state, "scanned");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a client logs in by password, and binds a newcomer's unit", async () => {
    const client = await clients.make({ ticket: false });
    assert.equal((await client.show()).ticket_id, null);
    await assert.rejects(client.login("newcomer", "wrong"), refused("invalid_credentials", 401));
    const { captcha_id } = await gateway.client().captcha("newcomer");
    const captcha = { captcha_id, answer: await gateway.control.captchas.answer(captcha_id) };
    assert.equal((await client.login("newcomer", "Demo-2019", captcha)).next, "bind_unit");
    assert.equal((await client.bindUnit("B", "Unit-2019")).stage, "unit_verified");
  });

  test("all are listed, and removed one by one, together, and by a reset", async () => {
    const [phone, client] = [await phones.make(), await clients.make()];
    await phones.make();
    await clients.make();
    assert.deepEqual([(await phones.all()).length, (await clients.all()).length], [2, 2]);
    await phone.remove();
    await client.remove();
    assert.deepEqual([(await phones.all()).length, (await clients.all()).length], [1, 1]);
    await assert.rejects(phone.show(), (error) => error.status === 404);
    await phones.clear();
    await clients.clear();
    assert.deepEqual([await phones.all(), await clients.all()], [[], []]);
    await phones.make();
    await gateway.control.reset();
    assert.deepEqual(await phones.all(), []);
  });

  test("a refusal has the phone's own code, and names the field", async () => {
    const phone = await phones.make({ identifier: "agent", password: "Demo-2019" });
    await assert.rejects(phone.confirm(), refused("nothing_scanned", 409));
    await assert.rejects(phone.scan("https://example.com/q/AAAAAAAAAAAAAAAAAAAAAA"), refused("qr_foreign_origin", 422));
    await assert.rejects(phones.make({ delay: -1 }), (error) => {
      assert.match(error.message, /^POST \/sim\/v1\/phones: delay: /);
      return refused("invalid_request", 422)(error);
    });
  });
});
