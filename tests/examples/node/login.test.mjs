// Scan-to-login in Node: the client speaks Socket.IO, REST drives the phone.
// npm install socket.io-client && node --test login.test.mjs
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const running = [];

// Start a program and read the line of JSON that it prints when ready.
async function start(program, ...options) {
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line).url;
  throw new Error(`${program} ended`);
}

async function call(method, url, body, headers = {}) {
  const answer = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${url}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

let gateway, phones, socket;

before(async () => {
  gateway = await start("gateway", "serve", "--sim", "--seed", "demo", "--port", "0", "--data-dir", process.env.DATA_DIR);
  phones = await start("app-simulator", "serve", "--gateway", gateway);
  socket = io(`${gateway}/pairing`, { transports: ["websocket"] });
});

after(() => {
  socket?.close();
  for (const child of running) child.kill();
});

test("a confirmed login gets a session", async () => {
  const client = { name: "node client", version: "1.0", device: "pc-7" };
  const ticket = await socket.emitWithAck("request_ticket", { client });
  const confirmed = new Promise((resolve) => {
    socket.on("ticket_state", (event) => event.state === "confirmed" && resolve(event));
  });

  const { phone_id } = await call("POST", `${phones}/phones`, { persona: "approves" });
  const page = await call("POST", `${phones}/phones/${phone_id}/scan`, { payload: ticket.qr });
  assert.equal(page.client_name, "node client");
  await call("POST", `${phones}/phones/${phone_id}/confirm`);
  assert.equal((await confirmed).scanned_by.display_name, "*三");

  const login = await call("POST", `${gateway}/api/v1/tickets/${ticket.ticket_id}/claim`, null, {
    Authorization: `Ticket ${ticket.claim_secret}`,
  });
  assert.equal(login.account.login_name, "agent");
});

test("a QR expires after two minutes", async () => {
  const client = { name: "node client", version: "1.0", device: "pc-7" };
  const ticket = await socket.emitWithAck("request_ticket", { client });
  await call("POST", `${gateway}/sim/v1/clock/advance`, { seconds: 120 });
  const query = new URLSearchParams({ ticket: ticket.ticket_id, state: "expired", timeout: "5" });
  assert.equal((await call("GET", `${gateway}/sim/v1/await?${query}`)).state, "expired");
});
