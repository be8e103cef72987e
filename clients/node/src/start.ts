// Starts a gateway, or takes the one whose address is given.
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { PairingError } from "./errors.ts";
import { forked } from "./forkserver.ts";
import { Gateway, type Running } from "./gateway.ts";
import { Http } from "./http.ts";
import { type Process, spawned } from "./process.ts";
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
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timeout); // it keeps this process waiting, too
  try {
    const started = new Started(await begun(program, over.signal), program);
    over.signal.addEventListener("abort", () => started.kill());
    if (over.signal.aborted) started.kill();
    const { url } = await started.ready;
    return new Gateway(url, program.simToken, started);
  } catch (error) {
    if (!over.signal.aborted) throw error;
    throw new PairingError("start_failed", `\`${program.name}\` was not ready in ${timeout} ms.`);
  } finally {
    clearTimeout(timer);
  }
}

/** A new process of the program, forked where it can be: a setting of Python's own has its effect at a start alone. */
async function begun({ file, installed, arguments: given, environment }: Program, over: AbortSignal): Promise<Process> {
  const settings = { ...withoutOurs(process.env), ...environment };
  const forkable = installed && !Object.keys(environment).some((name) => name.startsWith("PYTHON"));
  const fork = forkable ? await forked(file, given, settings, over) : null;
  if (fork) return fork;
  over.throwIfAborted();
  return spawned(file, given, settings);
}

/** This process's environment without the settings of another gateway, and without the modules of a Python project. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(PAIRING_|REDIS_URL$|PYTHONPATH$)/.test(name));
  return { ...Object.fromEntries(kept), PAIRING_LAME_DUCK_SECONDS: "0" };
}

/** A gateway's process, which ends when its standard input is closed: by `stop()`, or by the end of this process. */
class Started implements Running {
  readonly ready: Promise<{ url: string }>;
  readonly #process: Process;
  readonly #program: Program;
  #log = "";

  constructor(process: Process, program: Program) {
    this.#process = process;
    this.#program = program;
    process.input.on("error", () => undefined); // it has ended already
    process.errors.setEncoding("utf8").on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-LOG_CHARACTERS);
    });
    this.ready = this.#readyLine();
  }

  get pid(): number {
    return this.#process.pid;
  }

  get log(): string {
    return this.#log;
  }

  async stop(): Promise<void> {
    this.#process.input.end();
    const timer = setInterval(() => this.kill(), STOP_MS); // it keeps this process waiting, until the other has ended
    await this.#process.ended;
    clearInterval(timer);
    this.#program.clean();
  }

  /** End it and all that it has started. */
  kill(): void {
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // it has ended
    }
  }

  async #readyLine(): Promise<{ url: string }> {
    const lines = createInterface({ input: this.#process.output }).on("error", () => undefined);
    const first = new Promise<string>((resolve) => lines.once("line", resolve));
    const line = await Promise.race([first, this.#process.ended.then(() => null)]);
    if (line === null) throw this.#failure(await this.#process.ended);
    lines.on("line", () => undefined);
    return JSON.parse(line) as { url: string };
  }

  #failure(how: string): PairingError {
    const said = this.#log
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^Error: /, "");
    const sentence = said || `it ended without a word (${how}).`;
    return new PairingError("start_failed", `\`${this.#program.name}\` did not start: ${sentence}`);
  }
}
