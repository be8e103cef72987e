// socket.io-client from npm, told by hand where to connect: what its `connect_error` carries, as one line of JSON.
// Arguments: the address with its namespace, the transports (comma-separated), where to find the package from.
import { createRequire } from "node:module";

const [address, transports, root] = process.argv.slice(2);
const { io } = createRequire(`${root}/`)("socket.io-client");
const socket = io(address, { transports: transports.split(","), reconnection: false });
const tell = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
  socket.close();
};
socket.on("connect_error", (error) => tell({ kind: "connect_error", message: error.message, data: error.data }));
socket.on("connect", () => tell({ kind: "connect" }));
