// A desktop client in another language: socket.io-client from npm and nothing of this repository's.
// Arguments: the gateway's address, the transports (comma-separated, or "default"), where to find the package from.
// Writes a line of JSON for the acknowledgement, for each `ticket_state`, and for a refusal; ends when confirmed.
import { createRequire } from "node:module";

const [address, transports, root] = process.argv.slice(2);
const { io } = createRequire(`${root}/`)("socket.io-client");
const socket = io(`${address}/pairing`, transports === "default" ? {} : { transports: transports.split(",") });
const tell = (kind, body) =>
  process.stdout.write(`${JSON.stringify({ kind, body, transport: socket.io.engine?.transport.name })}\n`);

socket.on("connect_error", (error) => {
  tell("connect_error", String(error));
  process.exit(1);
});
socket.on("ticket_state", (state) => {
  tell("ticket_state", state);
  if (state.state === "confirmed") socket.close();
});
socket.once("connect", async () => {
  tell("refusal", await socket.timeout(5000).emitWithAck("request_ticket", { client: "nonsense" }));
  const client = { name: "desktop", version: "1.0", device: "PC" };
  tell("issued", await socket.timeout(5000).emitWithAck("request_ticket", { client }));
});
