// A login as every peer does it, whatever its HTTP server, Socket.IO engine and Redis client are.
//
// It runs the gateway's own scripts, so that Redis does the same work, and knows nothing else of the gateway: units are
// kept in memory, nothing is validated against a schema, nothing is counted or logged.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

const PREFIX = "{pairing}:";
export const worker = `peer-${process.pid}`;
export const channel = `${PREFIX}worker:${worker}`;
const digest = (text) => createHash("sha256").update(text).digest("hex");
const id = () => randomBytes(16).toString("base64url");
const minute = (now) => Math.floor(now / 60000);
const units = [
  { taxpayer_id: "91110108MA01A0B1CY", name: "北京晨光科技有限公司", status: "normal", roles: [], via: ["authorization"], password_required: false },
];

const ticketKey = (ticketId) => `${PREFIX}ticket:${ticketId}`;
const sessionKey = (hashed) => `${PREFIX}session:${hashed}`;
const counter = (what, address, now) => `${PREFIX}limit:${what}:${address}:${minute(now)}`;
const LIMITS = { tombstone: 600000, guess_limit: 100, address: "127.0.0.1" };
const bearer = (authorization) => (authorization ?? "").split(" ")[1] ?? "";

/** The login's actions. `define(name, lua)` prepares a script: it answers a function that runs it (keys, arguments). */
export async function actionsOf(scriptsFile, serverKey, define) {
  const scripts = JSON.parse(readFileSync(scriptsFile, "utf8"));

  async function script(name) {
    const { text, values: order } = scripts[name];
    const run = await define(name, text);
    return async (keys, values) => {
      const [code, body] = await run(keys, order.map((argument) => String(values[argument] ?? "")));
      if (code !== "ok") throw Object.assign(new Error(code), { code });
      return body === undefined ? {} : JSON.parse(body);
    };
  }

  const request = await script("request");
  const scan = await script("scan");
  const confirm = await script("confirm");
  const claim = await script("claim");
  const watch = await script("watch");
  const verify = await script("verify_session");

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

  const actions = {
    newTicket,
    poll,
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

  async function poll(ticketId, authorization) {
    const now = Date.now();
    return watch([ticketKey(ticketId), counter("guesses", LIMITS.address, now)], {
      ...LIMITS, now, secret_digest: digest(bearer(authorization)), worker: "",
    });
  }
  return actions;
}

/** The calls of a bare HTTP server: status and answer to one request. */
export function callsOf(actions) {
  return async (path, authorization, text) => {
    try {
      const [, , , room, what, action] = path.split("?")[0].split("/");
      const body = text ? JSON.parse(text) : {};
      if (path === "/healthz") return [200, {}];
      if (room === "tickets" && !what) return [200, await actions.newTicket(body.client, "")];
      return [200, await actions[action ?? "poll"](what, authorization, body)];
    } catch (error) {
      return [409, { code: error.code ?? String(error) }];
    }
  };
}

/** The client's events on a Socket.IO server; answers what takes a publication to the client that waits for it. */
export function serveSockets(io, actions) {
  const waiting = new Map();
  io.of("/pairing").on("connection", (socket) => {
    const own = [];
    socket.on("request_ticket", async (body, acknowledge) => {
      const ticket = await actions.newTicket(body.client, worker);
      own.push(ticket.ticket_id);
      waiting.set(ticket.ticket_id, socket);
      acknowledge(ticket);
    });
    socket.on("disconnect", () => own.forEach((ticketId) => waiting.delete(ticketId)));
  });
  return (message) => waiting.get(message.slice(1, 23))?.emit("ticket_state", JSON.parse(message.slice(23)));
}
