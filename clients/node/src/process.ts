// A gateway's process, spawned or forked: it ends when its standard input is closed.
import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/** Nothing of it keeps this process alive: who waits for it holds a timer. */
export interface Process {
  readonly pid: number;
  readonly input: Socket;
  readonly output: Socket;
  readonly errors: Socket;
  /** How it ended, for a sentence: `exit code 3`. */
  readonly ended: Promise<string>;
}

/** A new process. It leads a group: ^C at the terminal is for the test run, which ends the gateway in order. */
export function spawned(file: string, commandLine: readonly string[], environment: NodeJS.ProcessEnv): Process {
  const child = spawn(file, commandLine, { env: environment, stdio: "pipe", detached: true });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  child.unref();
  // On every system a pipe of a child is a Socket (net.Socket), as its documentation says.
  const [input, output, errors] = [child.stdin, child.stdout, child.stderr] as unknown as [Socket, Socket, Socket];
  for (const stream of [input, output, errors]) stream.unref();
  return { pid: child.pid ?? 0, input, output, errors, ended };
}
