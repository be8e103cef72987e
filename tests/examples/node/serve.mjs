// Stands for your development server: it serves your page, and the bundle with socket.io-client.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

createServer(async (request, response) => {
  const bundle = request.url === "/socket.io.min.js";
  const file = bundle ? "node_modules/socket.io-client/dist/socket.io.min.js" : "own_page/index.html";
  response.setHeader("Content-Type", bundle ? "text/javascript" : "text/html");
  response.end(await readFile(file));
}).listen(Number(process.env.PORT), "localhost");
