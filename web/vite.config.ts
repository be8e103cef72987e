// One build for all pages, so that the browser loads their common code once.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { parse } from "smol-toml";
import { defineConfig, type Plugin } from "vite";
import { compositionsModule } from "./compositions.ts";
import { licenses } from "./licenses.ts";

const root = import.meta.dirname;
const messages = resolve(root, "../scan_to_login/messages");
const page = (path: string): string => resolve(root, path, "index.html");

/** Makes a module of a TOML file, with an export for each table; the build drops unused tables. */
function tomlTables(): Plugin {
  return {
    name: "toml-tables",
    transform(code, id) {
      if (!id.endsWith(".toml")) return null;
      const tables = Object.entries(parse(code));
      return tables.map(([name, table]) => `export const ${name} = ${JSON.stringify(table)};`).join("\n");
    },
  };
}

/** What every page shows before its script has come, and where scripts are off. */
const SHELL = `<noscript><p class="notice warn">这个页面需要 JavaScript。 This page needs JavaScript.</p></noscript>
    <div id="root"><div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div></div>`;

function shell(): Plugin {
  return { name: "shell", transformIndexHtml: (html) => html.replace('<div id="root"></div>', SHELL) };
}

/** Writes each asset also as .br and .gz; the gateway sends these files unchanged. */
function precompressed(): Plugin {
  return {
    name: "precompressed",
    apply: "build",
    writeBundle(options) {
      const folder = join(options.dir ?? "", "assets");
      for (const name of readdirSync(folder)) {
        if (!/\.(js|css|svg|txt|wasm)$/.test(name)) continue;
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

const licensed = licenses(root);

export default defineConfig({
  root,
  plugins: [tomlTables(), compositionsModule(), shell(), licensed.pages, precompressed()],
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
        authorize: page("authorize"),
        app: page("phone"),
        stage: page("stage"),
        web: page("platform"),
        hall: page("hall"),
        inspector: page("inspector"),
        unknown: page("unknown"),
      },
    },
  },
  worker: { format: "es", plugins: licensed.workers }, // its second reader is a part of its own, fetched when it is needed
  server: {
    fs: { allow: [root, messages] },
    proxy: Object.fromEntries(
      ["/api", "/sim", "/socket.io", "/openapi.json"].map((path) => [
        path,
        { target: process.env["GATEWAY"] ?? "http://127.0.0.1:8080", ws: path === "/socket.io" },
      ]),
    ),
  },
});
