// The same login on Node: socket.io and ioredis, with express or with Node's bare http.
//
//   node peer.mjs express|bare REDIS_SOCKET REDIS_PASSWORD SCRIPTS_FILE SERVER_KEY MODULES_FOLDER [PORT]
//
// With PORT it is one more worker on the port of another, and hears on a channel of its own as that one does. Prints
// {"url": ...} when ready.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { actionsOf, callsOf, channel, serveSockets } from "./login.mjs";

const [kind, redisSocket, password, scriptsFile, serverKey, modules, port] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const Redis = require("ioredis");
const { Server } = require("socket.io");

const redis = new Redis({ path: redisSocket, password, enableAutoPipelining: true });
const subscriber = new Redis({ path: redisSocket, password });
const actions = await actionsOf(scriptsFile, serverKey, (name, lua) => {
  redis.defineCommand(name, { lua });
  return (keys, values) => redis[name](keys.length, ...keys, ...values);
});

function bareHttp() {
  const answer = callsOf(actions);
  return createServer((incoming, outgoing) => {
    let text = "";
    incoming.on("data", (piece) => (text += piece));
    incoming.on("end", async () => {
      const [status, told] = await answer(incoming.url, incoming.headers.authorization, text);
      const data = JSON.stringify(told);
      outgoing.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(data) });
      outgoing.end(data);
    });
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
  app.post("/api/v1/tickets", async (incoming, outgoing) =>
    outgoing.json(await actions.newTicket(incoming.body.client, "")),
  );
  app.get("/api/v1/tickets/:id", route(actions.poll, "id"));
  for (const name of ["scan", "confirm", "claim"]) app.post(`/api/v1/tickets/:id/${name}`, route(actions[name], "id"));
  app.post("/api/v1/units/:id/verification", route(actions.verification, "id"));
  return createServer(app);
}

const server = kind === "express" ? expressHttp() : bareHttp();
const published = serveSockets(new Server(server, { transports: ["websocket"], perMessageDeflate: false }), actions);
subscriber.on("message", (_channel, message) => published(message));
await subscriber.subscribe(channel);
// The kernel shares connections out among the workers, as it does for the gateway's (Node 22.12 and newer).
server.listen({ port: Number(port ?? 0), host: "127.0.0.1", reusePort: true }, () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })),
);
