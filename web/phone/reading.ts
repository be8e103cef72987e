// The page's side of the worker that reads codes.
import type { Found, Question } from "./reading-worker.ts";

interface Answer {
  id: number;
  found?: Found;
  error?: string;
}

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, { resolve: (found: Found) => void; reject: (error: Error) => void }>();

/** Ends the worker, and with it a look that takes too long; what was asked is rejected. */
export function stopReader(error = new Error("stopped")): void {
  worker?.terminate();
  worker = null; // the next question starts another
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}

/** Starts the worker; it is the largest part of the page and is fetched when somebody is about to scan. */
export function loadReader(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./reading-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.found) asked?.resolve(data.found);
    else asked?.reject(new Error(data.error));
  });
  worker.addEventListener("error", () => stopReader(new Error("the reader could not be loaded")));
  return worker;
}

/** One question to the worker; the pixels of `given` go over to it. Rejects if the reader cannot be loaded. */
export function ask(question: Question, given: Uint8ClampedArray[] = []): Promise<Found> {
  return new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    loadReader().postMessage(
      { id: last, question },
      given.map((pixels) => pixels.buffer as ArrayBuffer),
    );
  });
}
