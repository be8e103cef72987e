// Prints what the pages say of each problem on standard input: node problem_messages.mjs WEB < [[code, detail, extra], …]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const web = process.argv[2];
const { createServer } = await import(pathToFileURL(join(web, "node_modules/vite/dist/node/index.js")).href);
const kept = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
Object.assign(globalThis, {
  location: new URL("http://127.0.0.1/"),
  addEventListener: () => undefined,
  document: { documentElement: {} },
  localStorage: kept,
  sessionStorage: kept,
  addEventListener: () => {},
});

const server = await createServer({
  configFile: join(web, "vite.config.ts"),
  appType: "custom",
  logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
try {
  const { problemMessage } = await server.ssrLoadModule("/api/problem-messages.ts");
  const { Problem } = await server.ssrLoadModule("/api/calls.ts");
  const { chooseLanguage } = await server.ssrLoadModule("/ui/language.ts");
  const problems = JSON.parse(readFileSync(0, "utf8"));
  const said = {};
  for (const language of ["en", "zh"]) {
    chooseLanguage(language);
    said[language] = problems.map(([code, detail, extra]) => problemMessage(new Problem(code, detail, 422, extra)));
  }
  process.stdout.write(JSON.stringify(said));
} finally {
  await server.close();
}
