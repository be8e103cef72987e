// Where a gateway can be started from, in the order in which it is tried.
import { randomBytes } from "node:crypto";
import { accessSync, constants, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export const IMAGE = "scan-to-login";
// With the private Redis, which is the extra `server` of the Python package.
const UVX = ["--from", "scan-to-login[server]", "scan-to-login"];

export interface Program {
  /** For a sentence: `gateway`, `uvx --from scan-to-login[server] scan-to-login`, `docker run scan-to-login`. */
  name: string;
  /** Whether it is a gateway that somebody has installed; the others fetch one. */
  installed: boolean;
  file: string;
  arguments: string[];
  environment: Record<string, string>;
  simToken: string;
  /** After its end. */
  clean(): void;
}

export interface ServeOptions {
  /** `demo` (the default), or a YAML or JSON file. */
  seed: string;
  port: number;
  workers: number;
  /** The container image; `scan-to-login` unless given. */
  image: string;
  /** Settings of the gateway: `{ PAIRING_NUMBER_MATCHING: "require" }`. */
  settings: Record<string, string>;
}

/** The programs that are there, best first; each is prepared only when it is tried. */
export function programs(options: ServeOptions): (() => Promise<Program>)[] {
  const found: (() => Promise<Program>)[] = [];
  const command = onPath("scan-to-login") ?? onPath("gateway");
  if (command) found.push(async () => local(command.name, command.file, [], options));
  const uvx = onPath("uvx");
  if (uvx) found.push(async () => local(["uvx", ...UVX].join(" "), uvx.file, UVX, options));
  for (const engine of [onPath("docker"), onPath("podman")]) {
    if (engine) found.push(() => container(engine.name, engine.file, options));
  }
  return found;
}

function local(name: string, file: string, before: string[], options: ServeOptions): Program {
  // The gateway makes the folder, and removes it: this process may be killed at any moment.
  const folder = join(tmpdir(), `scan-to-login-${randomBytes(12).toString("hex")}`);
  const data = ["--data-dir", folder, "--remove-folder", folder];
  return {
    name,
    installed: before.length === 0,
    file,
    arguments: [...before, ...serve(options), ...data, "--port", String(options.port)],
    environment: options.settings,
    simToken: options.settings["PAIRING_SIM_TOKEN"] ?? "",
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Its port is the same inside and outside, so that the QR's address is right; the control plane needs a token. */
async function container(name: string, file: string, options: ServeOptions): Promise<Program> {
  const port = options.port || (await freePort());
  const simToken = options.settings["PAIRING_SIM_TOKEN"] ?? randomBytes(24).toString("base64url");
  const settings: Record<string, string> = {
    PAIRING_LAME_DUCK_SECONDS: "0",
    PAIRING_PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...options.settings,
    PAIRING_SIM_TOKEN: simToken,
  };
  const isFile = options.seed !== "demo";
  const seed = isFile ? ["--volume", `${options.seed}:/seed:ro`] : [];
  const names = Object.keys(settings).flatMap((setting) => ["--env", setting]);
  const run = ["run", "--rm", "--interactive", "--publish", `127.0.0.1:${port}:${port}`, "--tmpfs", "/tmp"];
  const inside = serve(isFile ? { ...options, seed: "/seed" } : options);
  const data = ["--data-dir", "/tmp/data", "--host", "0.0.0.0", "--port", String(port)];
  return {
    name: `${name} run ${options.image}`,
    installed: false,
    file,
    arguments: [...run, ...names, ...seed, options.image, ...inside, ...data],
    environment: settings,
    simToken,
    clean: () => undefined,
  };
}

function serve({ seed, workers }: ServeOptions): string[] {
  return ["serve", "--sim", "--stop-with-stdin", "--seed", seed, "--workers", String(workers)];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : 0));
    });
  });
}

function onPath(name: string): { name: string; file: string } | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const file = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return { name, file };
    } catch {
      // it is in another folder, or in none
    }
  }
  return null;
}
