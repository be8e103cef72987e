// The package against a real gateway: `npm test`, with the command `gateway` on the PATH.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import { PairingError, startGateway } from "scan-to-login";

/** A proxy that lets no WebSocket through. */
async function refusingWebSockets(url) {
  const { hostname, port } = new URL(url);
  const proxy = { refused: 0, url: "", close: () => server.close().closeAllConnections() };
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  server.on("upgrade", (_request, socket) => {
    proxy.refused += 1;
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  return proxy;
}

/** For assert.rejects: a PairingError with this code. */
const refused = (code) => (error) => error instanceof PairingError && error.code === code;

describe("a gateway", () => {
  let gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway.stop());
  beforeEach(() => gateway.control.reset());

  test("a login without a QR: the account's phone is asked", async () => {
    await using client = gateway.client();
    const phone = await gateway.phone({ persona: "agent" });
    const ticket = await client.requestTicket({ target: "agent" });
    assert.equal(ticket.qr, "");
    const [request] = await phone.loginRequests({ wait: 10_000 });
    assert.equal(request.ticket_id, ticket.ticketId);
    await phone.scan(ticket);
    await phone.confirm(); // types the ticket's number
    await ticket.waitFor("confirmed");
    assert.equal((await ticket.claim()).account.login_name, "agent");
  });

  test("a request is opened by itself, and none is shown while they are blocked", async () => {
    await using client = gateway.client();
    const phone = await gateway.phone();
    const ticket = await client.requestTicket({ target: "agent" });
    const [request] = await phone.loginRequests();
    assert.equal((await phone.openRequest(request)).ticket_id, ticket.ticketId);
    await ticket.waitFor("scanned");
    await phone.confirm({ number: ticket.number });
    await ticket.waitFor("confirmed");
    await ticket.claim();
    const { now } = await gateway.control.clock.read();
    assert.ok((await phone.blockRequests(5)) > now);
    const hidden = await client.requestTicket({ target: "agent" });
    assert.deepEqual(await phone.loginRequests(), []);
    await hidden.cancel();
    await phone.unblockRequests();
    const shown = await client.requestTicket({ target: "agent" });
    assert.equal((await phone.loginRequests({ wait: 10_000 }))[0].ticket_id, shown.ticketId);
  });

  test("a login by QR, up to unit verification", async () => {
    await using client = gateway.client({ name: "test client" });
    const phone = await gateway.phone({ persona: "agent" });
    const ticket = await client.requestTicket();
    assert.equal(ticket.state, "pending");
    const page = await phone.scan(ticket.qr);
    assert.equal(page.client.name, "test client");
    await ticket.waitFor("scanned");
    assert.equal(ticket.scannedBy.display_name, "*三");
    assert.equal(ticket.number, page.number);
    await phone.confirm();
    await ticket.waitFor("confirmed");
    const session = await ticket.claim();
    assert.deepEqual([session.account.login_name, session.stage, session.units.length], ["agent", "logged_in", 2]);
    assert.equal((await ticket.claim()).accessToken, session.accessToken);
    const { unit } = await session.verifyUnit("A");
    assert.equal(unit.taxpayer_id, "91110108MA01A0B1CY");
    assert.equal((await session.read()).stage, "unit_verified");
    await session.logout();
    await assert.rejects(session.read(), refused("unauthenticated"));
  });

  test("states come by push", async () => {
    await using client = gateway.client();
    const phone = await gateway.phone();
    const ticket = await client.requestTicket();
    await phone.scan(ticket);
    await ticket.waitFor("scanned");
    await gateway.control.journal.waitFor({ kind: "push", ticket: ticket.ticketId });
    const read = await gateway.control.journal.entries({ ticket: ticket.ticketId, name: "resume_ticket" });
    assert.deepEqual(read, []);
  });

  test("a lost push, a cut socket and a lost answer change nothing", async () => {
    await using client = gateway.client();
    const phone = await gateway.phone();
    const ticket = await client.requestTicket();
    await using lost = await gateway.control.faults.add({ kind: "push_drop", state: "scanned" });
    await phone.scan(ticket);
    await ticket.waitFor("scanned");
    assert.equal(await lost.fired(), 1);
    await using cut = await gateway.control.faults.add({ kind: "socket_cut", state: "confirmed", times: 1 });
    await phone.confirm();
    await ticket.waitFor("confirmed");
    assert.equal(await cut.fired(), 1);
    await gateway.control.faults.add({ kind: "drop_reply", route: "POST /api/v1/tickets/*/claim", times: 1 });
    assert.equal((await ticket.claim()).account.login_name, "agent");
  });

  test("where no WebSocket gets through, the ticket is asked for and read over REST", async () => {
    const refuse = await refusingWebSockets(gateway.url);
    await using through = await startGateway({ url: refuse.url });
    await using client = through.client();
    const phone = await gateway.phone();
    const ticket = await client.requestTicket();
    const scanned = ticket.waitFor("scanned");
    await phone.scan(ticket);
    await scanned;
    await phone.confirm();
    await ticket.waitFor("confirmed");
    assert.equal((await ticket.claim()).stage, "logged_in");
    assert.ok(refuse.refused > 0);
    refuse.close();
  });

  test("a rejected, a cancelled and an expired ticket say so at once", async () => {
    await using client = gateway.client();
    const phone = await gateway.phone();
    const [rejected, cancelled, expired] = [
      await client.requestTicket(),
      await client.requestTicket(),
      await client.requestTicket(),
    ];
    await phone.scan(rejected);
    await phone.reject();
    await assert.rejects(rejected.waitFor("confirmed"), refused("ticket_rejected"));
    assert.equal(rejected.reason, "rejected_on_phone");
    await cancelled.cancel();
    await assert.rejects(cancelled.waitFor("scanned"), refused("ticket_cancelled"));
    await gateway.control.clock.advance({ minutes: 2 });
    await expired.waitFor("expired");
    await assert.rejects(phone.scan(expired), refused("ticket_expired"));
  });

  test("one phone confirms twice in a step, and again after the clock has moved", async () => {
    await using client = gateway.client();
    const phone = await gateway.phone();
    const confirm = async () => {
      const ticket = await client.requestTicket();
      await phone.scan(ticket);
      await phone.confirm({ wait: false });
    };
    await gateway.control.clock.set(new Date(Math.floor(Date.now() / 30_000) * 30_000 + 5000), { frozen: true });
    await confirm();
    await confirm();
    await assert.rejects(confirm(), refused("otp_wait"));
    await gateway.control.clock.advance({ seconds: 30 });
    await confirm();
    await gateway.control.clock.advance({ minutes: 3 });
    await confirm();
  });

  test("password, captcha and lock", async () => {
    const { control } = gateway;
    await using client = gateway.client();
    await assert.rejects(client.login("agent", "wrong"), refused("invalid_credentials"));
    await assert.rejects(client.login("agent", "Demo-2019"), refused("captcha_required"));
    const { captcha_id } = await client.captcha("agent");
    const captcha = { captcha_id, answer: await control.captchas.answer(captcha_id) };
    assert.equal((await client.login("agent", "Demo-2019", captcha)).account.login_name, "agent");
    await assert.rejects(gateway.phone({ persona: "locked" }), refused("account_locked"));
    await control.captchas.always("ABCD");
    assert.equal(await control.captchas.answer((await client.captcha("finance")).captcha_id), "ABCD");
  });

  test("a newcomer binds a unit, and an authorized person needs no password", async () => {
    await using client = gateway.client();
    const session = await client.login("newcomer", "Demo-2019");
    assert.equal(session.next, "bind_unit");
    assert.equal((await session.bindUnit("B")).stage, "unit_verified");
    assert.equal((await session.listUnits()).length, 1);
    const authorized = await client.login("authorized", "Demo-2019");
    assert.equal((await authorized.verifyUnit("A")).unit.password_required, false);
    const wrong = (await client.login("single", "Demo-2019")).verifyUnit("A", { declarationPassword: "Wrong-2019" });
    await assert.rejects(wrong, refused("declaration_password_invalid"));
  });

  test("a phone is told of each login, and one that its owner has not made is ended", async () => {
    const phone = await gateway.phone();
    const [own] = await phone.messages();
    assert.deepEqual([own.notice, own.channel, own.current], ["login", "phone", true]);
    const session = await gateway.client().login("agent", "Demo-2019");
    const [told] = await phone.messages({ since: own.message_id, wait: 10_000 });
    assert.deepEqual([told.notice, told.channel, told.in_force], ["login", "client", true]);
    assert.equal(await phone.disownLogin(told.message_id), true);
    await assert.rejects(session.read(), refused("unauthenticated"));
    assert.equal(await phone.disownLogin(told.message_id), false);
    await assert.rejects(phone.disownLogin(own.message_id), refused("forbidden"));
  });

  test("the account's phones are listed, and one is revoked", async () => {
    const phone = await gateway.phone();
    const stolen = await gateway.phone();
    assert.equal((await phone.session()).device.device_id, phone.deviceId);
    await phone.revokeDevice(stolen.deviceId);
    const [revoked, kept] = await phone.devices();
    assert.deepEqual([revoked.device_id, kept.device_id, kept.current], [stolen.deviceId, phone.deviceId, true]);
    assert.equal(typeof revoked.revoked_at, "number");
    await assert.rejects(stolen.session(), refused("unauthenticated"));
  });

  test("what is no login QR of this gateway is refused unsent", async () => {
    const phone = await gateway.phone();
    for (const [text, code] of [
      ["nothing", "qr_not_an_address"],
      ["https://example.com/q/AAAAAAAAAAAAAAAAAAAAAA", "qr_foreign_origin"],
      [`${gateway.url}/app`, "qr_unknown_kind"],
    ]) {
      await assert.rejects(phone.scan(text), refused(code));
    }
    await assert.rejects(phone.confirm(), refused("nothing_scanned"));
    await assert.rejects(gateway.phone({ persona: "nobody" }), refused("persona_unknown"));
  });
});
