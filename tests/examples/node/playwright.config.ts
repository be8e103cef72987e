import { defineConfig } from "@playwright/test";
import type { PairingFixtures, PairingWorkerFixtures } from "scan-to-login/playwright";

const PORT = process.env.PORT ?? "4173";
const baseURL = `http://localhost:${PORT}`; // your page's origin

export default defineConfig<PairingFixtures, PairingWorkerFixtures>({
  testMatch: "*.spec.ts",
  workers: 2, // each has a gateway of its own
  fullyParallel: true,
  webServer: { command: "node serve.mjs", url: baseURL, env: { PORT } },
  use: {
    baseURL,
    pairingOptions: { settings: { PAIRING_ALLOWED_ORIGINS: baseURL } },
    launchOptions: process.env.CHROMIUM ? { executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] } : {},
  },
});
