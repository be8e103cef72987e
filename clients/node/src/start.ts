// Starts a gateway, or takes the one whose address is given.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { PairingError } from "./errors.ts";
import { Gateway, type Running } from "./gateway.ts";
import { Http } from "./http.ts";
import { IMAGE, type Program, programs, type ServeOptions } from "./programs.ts";

const START_MS = 60_000;
const STOP_MS = 10_000;
const LOG_CHARACTERS = 65_536;
const INSTALL =
  "No gateway was found. Install the Python package scan-to-login with its extra `server` (pip install '.[server]' in a " +
  "checkout) so that its command `gateway` is on the PATH, or uv, or docker with the image `scan-to-login`, or give the " +
  "address of a running gateway in PAIRING_URL.";

export interface GatewayOptions extends Partial<ServeOptions> {
  /** The address of a running gateway; without it PAIRING_URL, and without both a gateway is started. */
  url?: string;
  /** Its control plane's token; without it PAIRING_SIM_TOKEN. */
  simToken?: string;
  /** Milliseconds that a start may take; 60 000 unless given. */
  timeout?: number;
}

/**
 * A gateway with a simulation's control plane. The process that it starts, with its Redis and its database, ends with
 * `stop()`, and at the latest with this process, however this one ends.
 * Throws PairingError: `unreachable`, `no_gateway`, `start_failed`.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const url = options.url ?? process.env["PAIRING_URL"];
  if (url) return connect(url, options.simToken ?? process.env["PAIRING_SIM_TOKEN"] ?? "");
  const seed = options.seed ?? "demo";
  const token = options.simToken === undefined ? {} : { PAIRING_SIM_TOKEN: options.simToken };
  const found = programs({
    seed: seed === "demo" ? seed : resolve(seed),
    port: options.port ?? 0,
    workers: options.workers ?? 1,
    image: options.image ?? IMAGE,
    settings: { ...options.settings, ...token },
  });
  const failures: string[] = [];
  for (const prepare of found) {
    const program = await prepare();
    try {
      return await launch(program, options.timeout ?? START_MS);
    } catch (error) {
      program.clean();
      if (!(error instanceof PairingError)) throw error;
      failures.push(error.message);
      if (program.installed) break; // it is the gateway that was meant: another one would hide its refusal
    }
  }
  if (failures.length) throw new PairingError("start_failed", failures.join(" "));
  throw new PairingError("no_gateway", INSTALL);
}

async function connect(url: string, simToken: string): Promise<Gateway> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new PairingError("unreachable", `${JSON.stringify(url)} is no address of a gateway: give http://host:port.`);
  }
  try {
    await new Http(url).call("GET", "/healthz");
  } catch (cause) {
    throw new PairingError("unreachable", `No gateway answers at ${url}: is it running?`, { cause });
  }
  return new Gateway(url, simToken, null);
}

async function launch(program: Program, timeout: number): Promise<Gateway> {
  const child = spawn(program.file, program.arguments, {
    env: { ...withoutOurs(process.env), ...program.environment },
    stdio: "pipe",
    detached: true, // ^C at the terminal is for the test run, which ends the gateway in order
  });
  const started = new Started(child, program);
  const timer = setTimeout(() => started.kill(), timeout);
  try {
    const { url } = await started.ready;
    return new Gateway(url, program.simToken, started);
  } finally {
    clearTimeout(timer);
  }
}

/** This process's environment without the settings of another gateway, and without the modules of a Python project. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(PAIRING_|REDIS_URL$|PYTHONPATH$)/.test(name));
  return { ...Object.fromEntries(kept), PAIRING_LAME_DUCK_SECONDS: "0" };
}

/** A process that ends when its standard input is closed: by `stop()`, or by the end of this process. */
class Started implements Running {
  readonly ready: Promise<{ url: string }>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #program: Program;
  readonly #ended: Promise<unknown>;
  #log = "";

  constructor(child: ChildProcessWithoutNullStreams, program: Program) {
    this.#child = child;
    this.#program = program;
    this.#ended = once(child, "close").catch(() => undefined);
    child.stdin.on("error", () => undefined); // it has ended already
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-LOG_CHARACTERS);
    });
    this.ready = this.#readyLine();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get log(): string {
    return this.#log;
  }

  async stop(): Promise<void> {
    this.#child.ref();
    this.#child.stdin.end();
    const timer = setTimeout(() => this.kill(), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
    this.#program.clean();
  }

  /** End it and all that it has started. */
  kill(): void {
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      this.#child.kill("SIGKILL");
    }
  }

  async #readyLine(): Promise<{ url: string }> {
    const failed = new Promise<never>((_, reject) =>
      this.#child.once("error", (error) => reject(this.#failure(error))),
    );
    const lines = createInterface({ input: this.#child.stdout });
    const line = await Promise.race([failed, once(lines, "line").then(([first]) => String(first)), this.#ended]);
    if (typeof line !== "string") throw this.#failure();
    lines.on("line", () => undefined);
    this.#leaveAlone();
    return JSON.parse(line) as { url: string };
  }

  /** A test that forgets `stop()` ends all the same: nothing of the child keeps this process alive. */
  #leaveAlone(): void {
    const { stdin, stdout, stderr } = this.#child;
    this.#child.unref();
    for (const stream of [stdin, stdout, stderr]) (stream as unknown as Socket).unref();
  }

  #failure(cause?: Error): PairingError {
    const said = this.#log
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^Error: /, "");
    const sentence = said || cause?.message || `it ended without a word (exit code ${this.#child.exitCode}).`;
    return new PairingError("start_failed", `\`${this.#program.name}\` did not start: ${sentence}`, { cause });
  }
}
