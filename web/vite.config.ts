// One build for all pages, so that the browser loads their common code once.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { parse } from "smol-toml";
import { defineConfig, type EnvironmentOptions, type Plugin } from "vite";
import { compositionsModule } from "./compositions.ts";
import { licenses } from "./licenses.ts";
import { wholePages } from "./whole.ts";

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
function precompress(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/\.(js|css|svg|txt|wasm)$/.test(name)) continue;
    const body = readFileSync(join(folder, name));
    if (body.length < 1024) continue;
    const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    writeFileSync(join(folder, `${name}.br`), brotli);
    writeFileSync(join(folder, `${name}.gz`), gzipSync(body, { level: 9 }));
  }
}

const licensed = licenses(root);

/** Pages that come whole, each built alone; the others share their files. */
const WHOLE = ["client", "phone", "stage", "platform", "hall", "inspector"];
const SHARING = ["authorize", "unknown"];
const outDir = process.env["PAGES_OUT_DIR"] ?? resolve(root, "../gateway/http/pages_dist");
const built = (...names: string[]): EnvironmentOptions => ({
  consumer: "client",
  build: {
    outDir,
    emptyOutDir: false,
    assetsInlineLimit: 0, // the Content-Security-Policy has no data: scripts or fonts
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
    rolldownOptions: { input: Object.fromEntries(names.map((name) => [name, page(name)])) },
  },
});

export default defineConfig({
  root,
  plugins: [tomlTables(), compositionsModule(), shell(), licensed.pages, wholePages(WHOLE)],
  environments: {
    client: built(...SHARING),
    ...Object.fromEntries(WHOLE.map((name) => [`page_${name}`, built(name)])),
  },
  builder: {
    sharedConfigBuild: true,
    sharedPlugins: true,
    async buildApp(builder) {
      rmSync(outDir, { recursive: true, force: true });
      for (const environment of Object.values(builder.environments)) {
        if (environment.name !== "ssr") await builder.build(environment);
      }
      precompress(join(outDir, "assets"));
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
