// Scan-to-login in Vitest: npx vitest run vitest.test.ts
import { type Gateway, PairingError, startGateway } from "scan-to-login";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let gateway: Gateway; // each test file has a worker, and so a gateway of its own

beforeAll(async () => {
  gateway = await startGateway({ settings: { PAIRING_NUMBER_MATCHING: "require" } });
}, 60_000);
beforeEach(() => gateway.control.reset());
afterAll(() => gateway.stop());

test("a lost push does no harm", async () => {
  await gateway.control.faults.add({ kind: "push_drop", state: "scanned", times: 1 });
  const phone = await gateway.phone({ persona: "authorized" });
  const ticket = await gateway.client().requestTicket();
  await phone.scan(ticket);
  await ticket.waitFor("scanned");
  await phone.confirm(); // with the number of the ticket that was scanned
  await ticket.waitFor("confirmed");
  const session = await ticket.claim();
  expect((await session.verifyUnit("A")).unit?.via).toEqual(["authorization"]);
});

test("the wrong number is refused", async () => {
  const phone = await gateway.phone({ persona: "agent" });
  const ticket = await gateway.client().requestTicket();
  await phone.scan(ticket);
  await ticket.waitFor("scanned");
  const number = ticket.number === "10" ? "11" : "10";
  const refusal = await phone.confirm({ number }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(PairingError);
  expect(refusal).toMatchObject({ code: "number_mismatch" });
});
