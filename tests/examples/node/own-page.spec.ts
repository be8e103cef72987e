// Your own login page in a browser, and a phone that scans its QR: npx playwright test
import { expect, test } from "scan-to-login/playwright";

test("the page logs in and verifies its unit", async ({ page, pairingGateway, pairingPhone }) => {
  await page.goto(`/?gateway=${pairingGateway.url}`);
  await expect(page.locator("#state")).toHaveText("pending");

  await pairingPhone.scan(await page.locator("#qr").innerText());
  await expect(page.locator("#who")).toHaveText("*三");
  await pairingPhone.confirm();

  await page.getByLabel("Declaration password").fill("Unit-2019");
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.locator("#state")).toHaveText("unit_verified");
});

test("the page says that its QR has expired", async ({ page, pairingGateway }) => {
  await page.goto(`/?gateway=${pairingGateway.url}`);
  await expect(page.locator("#state")).toHaveText("pending");
  await pairingGateway.control.clock.advance({ minutes: 2 });
  await expect(page.locator("#state")).toHaveText("expired");
});

test.describe("a person who holds only an authorization", () => {
  test.use({ pairingPersona: "authorized" });

  test("is shown masked", async ({ page, pairingGateway, pairingPhone }) => {
    await page.goto(`/?gateway=${pairingGateway.url}`);
    await expect(page.locator("#state")).toHaveText("pending");
    await pairingPhone.scan(await page.locator("#qr").innerText());
    await expect(page.locator("#who")).toHaveText("*洋");
  });
});
