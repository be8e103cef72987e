// Whole logins through the npm package of clients/node: phone and client are in this process, the gateway is not.
//
//   node npm_login.mjs PACKAGE_FOLDER URL PERSONA TAXPAYER_ID COUNT
//
// Prints the milliseconds of each login as a JSON list. The phone is logged in before; each client connects anew.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, url, persona, taxpayerId, count] = process.argv.slice(2);
const { startGateway } = await import(pathToFileURL(join(folder, "index.ts")));
const gateway = await startGateway({ url });
const phone = await gateway.phone({ persona });
const taken = [];
for (let number = 0; number < Number(count); number++) {
  await gateway.control.clock.advance({ seconds: 30 }); // a fresh one-time code, so that the phone has not to wait for one
  await phone.devices();
  const client = gateway.client();
  const began = performance.now();
  const ticket = await client.requestTicket();
  await phone.scan(ticket);
  await phone.confirm();
  await ticket.waitFor("confirmed");
  const session = await ticket.claim();
  await session.verifyUnit(taxpayerId);
  taken.push(performance.now() - began);
}
await gateway.stop();
console.log(JSON.stringify(taken));
