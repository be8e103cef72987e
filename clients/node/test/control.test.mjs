// The control plane of a real gateway.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { PairingError, startGateway } from "scan-to-login";

const refused = (code) => (error) => error instanceof PairingError && error.code === code;

describe("a control plane", () => {
  let gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway.stop());
  const captchaFor = async (identifier) => {
    const { captcha_id } = await gateway.client().captcha(identifier);
    return { captcha_id, answer: await gateway.control.captchas.answer(captcha_id) };
  };
  beforeEach(() => gateway.control.reset());

  test("the journal, SMS messages and another seed", async () => {
    const { control } = gateway;
    await control.journal.begin();
    await control.clock.advance({ seconds: 5 });
    assert.equal((await control.journal.waitFor({ kind: "note" })).kind, "note");
    assert.match(await control.journal.mermaid(), /^sequenceDiagram/);
    assert.deepEqual(await control.sms.messages("13800000003"), []);
    const code = await control.hall.registrationCode({ name: "赵六", id_number: "110101199003071057" });
    assert.match(code, /^\w{6}$/);
    const seed = await control.seed();
    await control.replaceSeed({ accounts: seed.accounts.filter(({ login_name }) => login_name === "single") });
    await assert.rejects(gateway.phone({ persona: "agent" }), refused("persona_unknown"));
  });

  test("one person or unit is looked up by name, and nothing reads the whole seed for a login", async (t) => {
    const { control } = gateway;
    const paths = [];
    const real = globalThis.fetch;
    t.mock.method(globalThis, "fetch", (url, init) => {
      paths.push(new URL(url).pathname);
      return real(url, init);
    });
    await using client = gateway.client();
    const phone = await gateway.phone({ persona: "agent" });
    const ticket = await client.requestTicket();
    await phone.scan(ticket);
    await phone.confirm();
    assert.equal((await (await ticket.claim()).verifyUnit("A")).stage, "unit_verified");
    assert.deepEqual(
      paths.filter((path) => path.startsWith("/sim/v1/")),
      ["/sim/v1/seed/accounts/agent", "/sim/v1/seed/units/A"],
    );
    const { taxpayer_id } = await control.unit("A");
    assert.equal((await control.unit(taxpayer_id)).alias, "A");
    await assert.rejects(control.account("agnet"), refused("not_in_seed"));
    await assert.rejects(gateway.phone({ persona: "agnet" }), (error) => {
      assert.equal(error.code, "persona_unknown");
      assert.match(error.message, /nearest names: agent/);
      return true;
    });
  });

  test("what other programs do is awaited: a ticket, its push, and its session", async () => {
    const { control } = gateway;
    await using client = gateway.client();
    const phone = await gateway.phone();
    const ticket = await client.requestTicket();
    const [scanned, push] = [
      control.awaitTicket(ticket.ticketId, "scanned"),
      control.awaitPush(ticket.ticketId, "scanned"),
    ];
    await phone.scan(ticket);
    assert.equal((await scanned).scanned_by.display_name, "*三");
    assert.equal((await push).kind, "push");
    await phone.confirm();
    const session = control.awaitSession("agent");
    await ticket.claim();
    assert.equal((await session).ticket_id, ticket.ticketId);
    await assert.rejects(control.awaitSession("agent", "unit_verified", { timeout: 10 }), refused("not_found"));
  });

  test("the counter sets passwords, which the export has", async () => {
    const { control } = gateway;
    const { accounts, units } = await control.seed();
    const { name, id_number } = accounts.find(({ login_name }) => login_name === "locked");
    await control.hall.resetPassword({ name, id_number, new_password: "Other-2019" });
    assert.equal((await gateway.client().login("locked", "Other-2019")).account.login_name, "locked");
    const { taxpayer_id } = units[1];
    await control.hall.resetDeclarationPassword({ taxpayer_id, new_password: "Unit-2020" });
    const session = await gateway.client().login("newcomer", "Demo-2019");
    assert.equal((await session.bindUnit("B", { declarationPassword: "Unit-2020" })).stage, "unit_verified");
    await control.hall.setDisabled("agent", true);
    await assert.rejects(gateway.phone(), refused("account_disabled"));
    const exported = await control.exportSeed();
    assert.equal(exported.accounts.find(({ login_name }) => login_name === "agent").disabled, true);
  });

  test("locks are listed, and opened", async () => {
    const { locks } = gateway.control;
    await assert.rejects(gateway.client().login("agent", "wrong"), refused("invalid_credentials"));
    const found = await locks.all();
    assert.deepEqual(
      found
        .filter(({ subject }) => subject === "agent")
        .map(({ kind, wrong, locked_until }) => [kind, wrong, locked_until]),
      [["account", 1, 0]],
    );
    await assert.rejects(gateway.phone({ persona: "locked" }), refused("account_locked"));
    await locks.unlock("locked");
    assert.equal((await gateway.phone({ persona: "locked" })).account.login_name, "locked");
    const { taxpayer_id } = (await gateway.control.seed()).units[0];
    const session = await gateway.client().login("agent", "Demo-2019", await captchaFor("agent"));
    const wrong = session.verifyUnit(taxpayer_id, { declarationPassword: "Wrong-2019" });
    await assert.rejects(wrong, refused("declaration_password_invalid"));
    assert.ok((await locks.all()).some(({ kind, subject }) => kind === "unit" && subject === taxpayer_id));
    await locks.unlockUnit(taxpayer_id);
    assert.ok((await locks.all()).every(({ kind }) => kind !== "unit"));
  });

  test("clients and phones are told another address, until the reset", async () => {
    const told = await gateway.control.setPublicUrl("http://login.example:8080");
    const ticket = await gateway.client().requestTicket();
    assert.deepEqual([told, new URL(ticket.qr).host], ["http://login.example:8080", "login.example:8080"]);
    await gateway.control.reset();
    assert.equal(new URL((await gateway.client().requestTicket()).qr).origin, gateway.url);
  });

  test("an error names its fields", async () => {
    await assert.rejects(gateway.control.clock.advance({ seconds: -5 }), (error) => {
      assert.equal(error.status, 422);
      assert.equal(error.fields[0].field, "seconds");
      assert.match(error.message, /^POST \/sim\/v1\/clock\/advance: .*seconds: This must be 0 or more\.$/);
      return refused("invalid_request")(error);
    });
  });
});
