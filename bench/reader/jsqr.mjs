// Reads pictures with jsQR: for each line of standard input (width height base64 of grey pixels) a line: text, tab, ms.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const jsqr = createRequire(new URL("../../web/package.json", import.meta.url))("jsqr");
for await (const line of createInterface({ input: process.stdin })) {
  const [width, height, grey] = line.split(" ");
  const pixels = new Uint8ClampedArray(Buffer.from(grey, "base64").length * 4).fill(255);
  Buffer.from(grey, "base64").forEach((level, at) => pixels.fill(level, at * 4, at * 4 + 3));
  const began = performance.now();
  const text = jsqr(pixels, Number(width), Number(height), { inversionAttempts: "attemptBoth" })?.data ?? "";
  console.log(`${text}\t${performance.now() - began}`);
}
