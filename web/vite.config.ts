// One build for every page, so that what they share is sent once and kept by the browser.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const root = import.meta.dirname;
const page = (path: string): string => resolve(root, path, "index.html");

/** Writes each asset beside itself as .br and .gz: the gateway sends them as they are. */
function precompressed(): Plugin {
  return {
    name: "precompressed",
    apply: "build",
    writeBundle(options) {
      const folder = join(options.dir ?? "", "assets");
      for (const name of readdirSync(folder)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const body = readFileSync(join(folder, name));
        if (body.length < 1024) continue;
        writeFileSync(
          join(folder, `${name}.br`),
          brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        );
        writeFileSync(join(folder, `${name}.gz`), gzipSync(body, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root,
  plugins: [precompressed()],
  build: {
    outDir: process.env["PAGES_OUT_DIR"] ?? resolve(root, "../gateway/http/pages_dist"),
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy has no data: scripts or fonts
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
    rolldownOptions: {
      input: {
        client: page("client"),
        app: page("phone"),
        stage: page("stage"),
        web: page("platform"),
        hall: page("hall"),
        inspector: page("inspector"),
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/sim", "/socket.io", "/openapi.json"].map((path) => [
        path,
        { target: process.env["GATEWAY"] ?? "http://127.0.0.1:8080", ws: path === "/socket.io" },
      ]),
    ),
  },
});
