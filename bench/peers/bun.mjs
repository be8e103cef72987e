// The same login on Bun with all that is its own: Bun.serve, Bun.RedisClient, and socket.io's engine for Bun.
//
//   bun bun.mjs REDIS_SOCKET REDIS_PASSWORD SCRIPTS_FILE SERVER_KEY MODULES_FOLDER [PORT]
//
// With PORT it is one more worker on the port of another. Prints {"url": ...} when ready.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { RedisClient } from "bun";
import { actionsOf, callsOf, channel, serveSockets } from "./login.mjs";

const [redisSocket, password, scriptsFile, serverKey, modules, port] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const { Server: Engine } = require("@socket.io/bun-engine");
const { Server } = require("socket.io");

const address = `redis+unix://:${encodeURIComponent(password)}@localhost${redisSocket}`;
const redis = new RedisClient(address);
const subscriber = new RedisClient(address);
const actions = await actionsOf(scriptsFile, serverKey, async (_name, lua) => {
  await redis.send("SCRIPT", ["LOAD", lua]);
  const sha = createHash("sha1").update(lua).digest("hex");
  return (keys, values) => redis.send("EVALSHA", [sha, String(keys.length), ...keys, ...values]);
});

const io = new Server();
const engine = new Engine({ path: "/socket.io/" });
io.bind(engine);
await subscriber.subscribe(channel, serveSockets(io, actions));

const answer = callsOf(actions);
const { websocket, maxRequestBodySize, idleTimeout } = engine.handler();
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port ?? 0),
  reusePort: true,
  websocket,
  maxRequestBodySize,
  idleTimeout,
  async fetch(request, server) {
    const path = request.url.slice(request.url.indexOf("/", 8));
    if (path.startsWith("/socket.io/")) return engine.handleRequest(request, server);
    const text = request.body ? await request.text() : "";
    const [status, told] = await answer(path, request.headers.get("authorization"), text);
    return Response.json(told, { status });
  },
});
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.port}` }));
