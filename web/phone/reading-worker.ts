// Reads codes beside the page, in a worker: a long look at a picture holds up no tap. Each question has one answer.
import jsQR from "jsqr";
import type { Grey } from "./grey.ts";
import { LADDER, textsIn } from "./looks.ts";

export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>; // red, green, blue and alpha of each
}

/** What is asked, beside the number of the question. */
export type Question =
  | { kind: "quick"; pixels: Pixels }
  | { kind: "frame"; pixels: Pixels; from: number; milliseconds: number }
  | { kind: "keep"; pictures: Grey[] }
  | { kind: "look"; look: number; picture: number };

/** The texts found; for a frame the look to begin the next one with, for pictures that are kept how many looks there are. */
export interface Found {
  texts: string[];
  next: number;
}

let kept: Grey[] = [];

function quickly({ data, width, height }: Pixels): string[] {
  const text = jsQR(data, width, height, { inversionAttempts: "attemptBoth" })?.data;
  return text ? [text] : [];
}

function inGrey({ data, width, height }: Pixels): Grey {
  const levels = new Uint8ClampedArray(width * height);
  for (let at = 0; at < levels.length; at++) {
    levels[at] = (data[at * 4] ?? 0) * 0.299 + (data[at * 4 + 1] ?? 0) * 0.587 + (data[at * 4 + 2] ?? 0) * 0.114;
  }
  return { width, height, data: levels };
}

/** A frame of the camera: the small reader, then one look after the other as far as the time goes. */
async function ofFrame(pixels: Pixels, from: number, milliseconds: number): Promise<Found> {
  const until = performance.now() + milliseconds;
  let texts = quickly(pixels);
  const picture = inGrey(pixels);
  let next = from;
  while (!texts.length && performance.now() < until) {
    const look = LADDER[next % LADDER.length];
    if (look) texts = await textsIn(picture, look);
    if (!texts.length) next++; // a look that finds a code is the first one at the next frame
  }
  return { texts, next };
}

async function answered(question: Question): Promise<Found> {
  if (question.kind === "quick") return { texts: quickly(question.pixels), next: 0 };
  if (question.kind === "frame") return ofFrame(question.pixels, question.from, question.milliseconds);
  if (question.kind === "keep") {
    kept = question.pictures;
    return { texts: [], next: LADDER.length };
  }
  const [look, picture] = [LADDER[question.look], kept[question.picture]];
  return { texts: look && picture ? await textsIn(picture, look) : [], next: 0 };
}

addEventListener("message", ({ data: { id, question } }: MessageEvent<{ id: number; question: Question }>) => {
  answered(question).then(
    (found) => postMessage({ id, found }),
    (error: unknown) => postMessage({ id, error: String(error) }),
  );
});
