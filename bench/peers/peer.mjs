// The same login on Node: socket.io and ioredis, with express or with Node's bare http.
//
//   node peer.mjs express|bare REDIS_SOCKET REDIS_PASSWORD SCRIPTS_FILE SERVER_KEY MODULES_FOLDER [PORT]
//
// It runs the gateway's own scripts, so that Redis does the same work, and knows nothing else of the gateway: units are
// kept in memory, nothing is validated against a schema, nothing is counted or logged. With PORT it is one more worker on
// the port of another, and hears on a channel of its own as that one does. Prints {"url": ...} when ready.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const [kind, redisSocket, password, scriptsFile, serverKey, modules, port] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const Redis = require("ioredis");
const { Server } = require("socket.io");

const PREFIX = "{pairing}:";
const worker = `node-${process.pid}`;
const digest = (text) => createHash("sha256").update(text).digest("hex");
const id = () => randomBytes(16).toString("base64url");
const minute = (now) => Math.floor(now / 60000);
const units = [
  { taxpayer_id: "91110108MA01A0B1CY", name: "北京晨光科技有限公司", status: "normal", roles: [], via: ["authorization"], password_required: false },
];

const redis = new Redis({ path: redisSocket, password, enableAutoPipelining: true });
const subscriber = new Redis({ path: redisSocket, password });

const scripts = JSON.parse(readFileSync(scriptsFile, "utf8"));

function script(name) {
  const { text, keys: named, values: order } = scripts[name];
  redis.defineCommand(name, { numberOfKeys: named.length, lua: text });
  return async (keys, values) => {
    const [code, body] = await redis[name](...keys, ...order.map((argument) => values[argument]));
    if (code !== "ok") throw Object.assign(new Error(code), { code });
    return body === undefined ? {} : JSON.parse(body);
  };
}

const request = script("request");
const scan = script("scan");
const confirm = script("confirm");
const claim = script("claim");
const watch = script("watch");
const verify = script("verify_session");

const ticketKey = (ticketId) => `${PREFIX}ticket:${ticketId}`;
const sessionKey = (hashed) => `${PREFIX}session:${hashed}`;
const counter = (what, address, now) => `${PREFIX}limit:${what}:${address}:${minute(now)}`;
const LIMITS = { tombstone: 600000, guess_limit: 100, address: "127.0.0.1" };

function derive(purpose, ...parts) {
  return createHmac("sha256", serverKey).update([purpose, ...parts].join("\0")).digest();
}

function otpStep(token, otp) {
  const key = derive("otp", token).subarray(0, 20);
  const present = Math.floor(Date.now() / 30000);
  for (const step of [present, present - 1]) {
    const counted = Buffer.alloc(8);
    counted.writeBigUInt64BE(BigInt(step));
    const hashed = createHmac("sha1", key).update(counted).digest();
    const code = String((hashed.readUInt32BE(hashed[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
    if (timingSafeEqual(Buffer.from(code), Buffer.from(otp))) return step;
  }
  return 0;
}

async function newTicket(client, watcher) {
  const now = Date.now();
  const ticketId = id();
  const secret = randomBytes(32).toString("base64url");
  const state = await request([ticketKey(ticketId), ticketKey(ticketId), counter("tickets", LIMITS.address, now)], {
    ...LIMITS, ...client, now, operation: id(), ticket_id: ticketId, secret_digest: digest(secret), replaced_digest: "",
    worker: watcher, lifetime: 120000, total: 300000, limit: 0,
  });
  return { ...state, ticket_id: ticketId, claim_secret: secret, qr: `http://127.0.0.1/qr#${ticketId}` };
}

const bearer = (authorization) => (authorization ?? "").split(" ")[1] ?? "";
const actions = {
  async scan(ticketId, authorization) {
    const now = Date.now();
    const hashed = digest(bearer(authorization));
    return scan([ticketKey(ticketId), sessionKey(hashed), counter("guesses", LIMITS.address, now)], {
      ...LIMITS, now, operation: id(), session_digest: hashed, number: "42", number_matching: "show", lifetime: 60000,
    });
  },
  async confirm(ticketId, authorization, body) {
    const now = Date.now();
    const token = bearer(authorization);
    return confirm([ticketKey(ticketId), sessionKey(digest(token)), counter("guesses", LIMITS.address, now)], {
      ...LIMITS, now, operation: id(), otp_step: otpStep(token, body.otp), number: "", number_matching: "show",
      lifetime: 30000, tries_limit: 5, otp_limits: "[600000,10,0]",
    });
  },
  async claim(ticketId, authorization) {
    const now = Date.now();
    const secret = bearer(authorization);
    const token = derive("claim", ticketId, secret, id()).toString("base64url");
    const hashed = digest(token);
    const session = await claim([ticketKey(ticketId), sessionKey(hashed), counter("guesses", LIMITS.address, now)], {
      ...LIMITS, now, secret_digest: digest(secret), session_digest: hashed, session_id: id(), lifetime: 43200000,
      idle: 1800000, slack: 0, repeat_window: 30000,
    });
    return { access_token: token, token_type: "Bearer", expires_in: 43200, account: session.account_id, units, next: "verify_unit" };
  },
  async verification(taxpayerId, authorization) {
    const now = Date.now();
    const hashed = digest(bearer(authorization));
    const session = await verify([sessionKey(hashed), `${PREFIX}unit:${taxpayerId}:sessions`, `${PREFIX}trail`], {
      now, digest: hashed, taxpayer_id: taxpayerId, via: "authorization", authorization_id: "bench", password_version: 1,
      action: "unit.verify", address: LIMITS.address,
    });
    return { account: session.account_id, unit: units[0], stage: "unit_verified" };
  },
};

function bareHttp() {
  return createServer((incoming, outgoing) => {
    let text = "";
    incoming.on("data", (piece) => (text += piece));
    incoming.on("end", async () => {
      let status = 200;
      let answer;
      try {
        const [, , , room, what, action] = incoming.url.split("?")[0].split("/");
        const body = text ? JSON.parse(text) : {};
        if (incoming.url === "/healthz") answer = {};
        else if (room === "tickets" && !what) answer = await newTicket(body.client, "");
        else if (room === "tickets" && !action) answer = await poll(what, incoming.headers.authorization);
        else answer = await actions[action](what, incoming.headers.authorization, body);
      } catch (error) {
        [status, answer] = [409, { code: error.code ?? String(error) }];
      }
      const data = JSON.stringify(answer);
      outgoing.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(data) });
      outgoing.end(data);
    });
  });
}

async function poll(ticketId, authorization) {
  const now = Date.now();
  return watch([ticketKey(ticketId), counter("guesses", LIMITS.address, now)], {
    ...LIMITS, now, secret_digest: digest(bearer(authorization)), worker: "",
  });
}

function expressHttp() {
  const express = require("express");
  const app = express();
  app.use(express.json());
  const route = (action, parameter) => async (incoming, outgoing) => {
    try {
      outgoing.json(await action(incoming.params[parameter], incoming.headers.authorization, incoming.body));
    } catch (error) {
      outgoing.status(409).json({ code: error.code ?? String(error) });
    }
  };
  app.get("/healthz", (_incoming, outgoing) => outgoing.json({}));
  app.post("/api/v1/tickets", async (incoming, outgoing) => outgoing.json(await newTicket(incoming.body.client, "")));
  app.get("/api/v1/tickets/:id", route(poll, "id"));
  for (const name of ["scan", "confirm", "claim"]) app.post(`/api/v1/tickets/:id/${name}`, route(actions[name], "id"));
  app.post("/api/v1/units/:id/verification", route(actions.verification, "id"));
  return createServer(app);
}

const server = kind === "express" ? expressHttp() : bareHttp();
const waiting = new Map();
new Server(server, { transports: ["websocket"], perMessageDeflate: false })
  .of("/pairing")
  .on("connection", (socket) => {
    const own = [];
    socket.on("request_ticket", async (body, acknowledge) => {
      const ticket = await newTicket(body.client, worker);
      own.push(ticket.ticket_id);
      waiting.set(ticket.ticket_id, socket);
      acknowledge(ticket);
    });
    socket.on("disconnect", () => own.forEach((ticketId) => waiting.delete(ticketId)));
  });
subscriber.on("message", (_channel, message) => {
  const socket = waiting.get(message.slice(1, 23));
  if (socket) socket.emit("ticket_state", JSON.parse(message.slice(23)));
});
await subscriber.subscribe(`${PREFIX}worker:${worker}`);
// The kernel shares connections out among the workers, as it does for the gateway's (Node 22.12 and newer).
server.listen({ port: Number(port ?? 0), host: "127.0.0.1", reusePort: true }, () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })),
);
