// Gateways forked from a process that has imported their modules, `gateway forkserver`: a further one starts at once.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Process } from "./process.ts";

const TOKEN_CHARACTERS = 32;
const HEAD_BYTES = TOKEN_CHARACTERS + 10; // and the process id
const LINE = 3; // its descriptor of the line between it and this process

const forkservers = new Map<string, Forkserver>();

/** A gateway forked for these arguments; null where none can be: on Linux alone system libraries survive a fork. */
export async function forked(
  file: string,
  commandLine: readonly string[],
  environment: NodeJS.ProcessEnv,
  over: AbortSignal,
): Promise<Process | null> {
  if (process.platform !== "linux") return null;
  let forkserver = forkservers.get(file);
  if (!forkserver) {
    forkserver = new Forkserver(file, environment);
    forkservers.set(file, forkserver);
    forkserver.ended.then(() => forkservers.delete(file));
  }
  return forkserver.fork(commandLine, environment, over);
}

interface Connection {
  socket: Socket;
  pid: number;
}

/** It ends when this process is gone, however that ended: the kernel closes the line. Its gateways do, by their input. */
class Forkserver {
  readonly ended: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #line: Socket;
  readonly #server: Server;
  readonly #expected = new Map<string, (connection: Connection) => void>();
  readonly #reaped = new Map<number, Deferred<string>>();

  constructor(file: string, environment: NodeJS.ProcessEnv) {
    this.#child = spawn(file, ["forkserver", String(LINE)], {
      env: environment,
      stdio: ["ignore", "ignore", "ignore", "pipe"], // where it fails, a spawned gateway says why
      detached: true,
    });
    this.#child.unref();
    this.ended = once(this.#child, "exit").catch(() => undefined);
    this.#line = this.#child.stdio[LINE] as Socket;
    this.#line.unref().on("error", () => undefined); // its end is told by `exit`
    const lines = createInterface({ input: this.#line });
    lines
      .on("error", () => undefined)
      .on("line", (line) => {
        const [pid, code] = line.split(" ");
        this.#endOf(Number(pid)).resolve(`exit code ${code}`);
      });
    this.#server = createServer((socket) => this.#take(socket)).listen(0, "127.0.0.1");
    this.#server.unref();
    this.ended.then(() => this.#server.close());
  }

  /** A gateway; null if the forkserver has ended, or `over` is aborted, before there is one. */
  async fork(commandLine: readonly string[], environment: NodeJS.ProcessEnv, over: AbortSignal) {
    if (!this.#server.listening) await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    const tokens = [token(), token()];
    const connections = tokens.map((token) => new Promise<Connection>((resolve) => this.#expected.set(token, resolve)));
    this.#ask({ arguments: commandLine, environment, folder: process.cwd(), port, tokens });
    const aborted = new Promise<null>((resolve) => over.addEventListener("abort", () => resolve(null)));
    const found = await Promise.race([Promise.all(connections), this.ended.then(() => null), aborted]);
    for (const token of tokens) this.#expected.delete(token); // a late one is refused, and ends
    const [output, errors] = found ?? [];
    return output && errors ? this.#forked(output, errors.socket) : null;
  }

  #ask(asked: object): void {
    const data = Buffer.from(JSON.stringify(asked));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    this.#line.write(Buffer.concat([length, data]));
  }

  #forked({ socket, pid }: Connection, errors: Socket): Process {
    const closed = Promise.all([socket, errors].map((one) => new Promise((resolve) => one.once("close", resolve))));
    const reaped = Promise.race([this.#endOf(pid).promise, this.ended.then(() => "its forkserver has ended")]);
    const ended = closed.then(() => reaped).finally(() => this.#reaped.delete(pid));
    return { pid, input: socket, output: socket, errors, ended };
  }

  /** A forked gateway connects twice, with a token each: for its standard input and output, and for its standard error. */
  #take(socket: Socket): void {
    socket.unref().on("error", () => undefined); // its end is told by `close`
    const read = () => {
      const head: Buffer | null = socket.read(HEAD_BYTES);
      if (!head) return;
      socket.off("readable", read);
      const accept = this.#expected.get(head.toString("latin1", 0, TOKEN_CHARACTERS));
      if (accept) accept({ socket, pid: Number(head.toString("latin1", TOKEN_CHARACTERS)) });
      else socket.destroy();
    };
    socket.on("readable", read);
  }

  #endOf(pid: number): Deferred<string> {
    const known = this.#reaped.get(pid) ?? new Deferred<string>();
    this.#reaped.set(pid, known);
    return known;
  }
}

class Deferred<T> {
  resolve!: (value: T) => void;
  readonly promise = new Promise<T>((resolve) => {
    this.resolve = resolve;
  });
}

function token(): string {
  return randomBytes((TOKEN_CHARACTERS * 3) / 4).toString("base64url");
}
