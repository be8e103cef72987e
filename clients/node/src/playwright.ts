// Playwright fixtures: a gateway for each worker, a client and a phone for each test.
import { test as base } from "@playwright/test";
import type { Client } from "./client.ts";
import type { Persona } from "./control-types.ts";
import type { Gateway } from "./gateway.ts";
import type { Phone } from "./phone.ts";
import { type GatewayOptions, startGateway } from "./start.ts";

export { expect } from "@playwright/test";

export interface PairingFixtures {
  /** Whose phone `pairingPhone` is; `agent` unless set with `test.use`. */
  pairingPersona: Persona;
  pairingClient: Client;
  pairingPhone: Phone;
  /** Each test starts with the seed's people, no faults, and the clock set right. */
  pairingReset: undefined;
}

export interface PairingWorkerFixtures {
  /** How the gateway is started: `use: { pairingOptions: { settings: { … } } }`. */
  pairingOptions: GatewayOptions;
  pairingGateway: Gateway;
}

export const test = base.extend<PairingFixtures, PairingWorkerFixtures>({
  pairingOptions: [{}, { scope: "worker", option: true }],
  pairingGateway: [
    async ({ pairingOptions }, use) => {
      const gateway = await startGateway(pairingOptions);
      await use(gateway);
      await gateway.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  pairingReset: [
    async ({ pairingGateway }, use) => {
      await pairingGateway.control.reset();
      await use(undefined);
    },
    { auto: true },
  ],
  pairingPersona: ["agent", { option: true }],
  pairingClient: async ({ pairingGateway, pairingReset: _ }, use) => {
    const client = pairingGateway.client();
    await use(client);
    await client.close();
  },
  pairingPhone: async ({ pairingGateway, pairingPersona, pairingReset: _ }, use) => {
    await use(await pairingGateway.phone({ persona: pairingPersona }));
  },
});
