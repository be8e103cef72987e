// Reads a QR from pixels: of the camera, of a picture, of the client's screen on the stage.
import { t } from "../ui/language.ts";
import { drawn, type Frame, firstFrame, greyPictures, laterFrames } from "./opening.ts";
import { cleanPayload, isOwn, newestFrames, QrRefused } from "./payload.ts";
import { ask, stopReader } from "./reading.ts";
import type { Pixels } from "./reading-worker.ts";

const FRAME_SIDE = 1280; // pixels: more of a camera's frame shows no more of a code
const QUICK_FRAMES = 4; // the first ones are for the small reader alone
const FRAME_MILLISECONDS = 250;
const SIDE = 1400;
const QUICK_SECONDS = 3; // the small reader takes long over noise
const SECONDS = 12; // a browser looks more slowly than the command line, and beside the page
const LAST_LOOK_SECONDS = 5; // so much longer for a look that has begun
const FURTHER_SECONDS = 0.5;
// parts of the picture as [x, y, width, height] of the whole: two codes side by side hide each other from the reader
type Part = [number, number, number, number];
const WHOLE: Part = [0, 0, 1, 1];
const PARTS: Part[] = [WHOLE, [0, 0, 0.55, 1], [0.45, 0, 0.55, 1], [0, 0, 1, 0.55], [0, 0.45, 1, 0.55]];

/** Reads one frame after the other: of the camera, or of the client's screen on the stage. */
export class LiveReader {
  private frames = 0;
  private from = 0;

  /** The text found in this frame, or null. What the small reader cannot read goes up the ladder, some looks a frame. */
  async read(source: CanvasImageSource, width: number, height: number): Promise<string | null> {
    if (!width || !height) return null;
    this.frames += 1;
    const milliseconds = this.frames > QUICK_FRAMES ? FRAME_MILLISECONDS : 0;
    const pixels = pixelsOf(drawn({ source, width, height }, FRAME_SIDE));
    const { texts, next } = await ask({ kind: "frame", pixels, from: this.from, milliseconds }, [pixels.data]);
    this.from = next;
    return texts[0] ?? null;
  }
}

function pixelsOf(ink: CanvasRenderingContext2D, [x, y, w, h] = WHOLE): Pixels {
  const { width, height } = ink.canvas;
  const [left, top] = [Math.round(x * width), Math.round(y * height)];
  return ink.getImageData(left, top, Math.max(1, Math.round(w * width)), Math.max(1, Math.round(h * height)));
}

/** The texts of the gateway's own QRs in a picture file, or the one of somebody else. Throws QrRefused. */
export async function readPicture(file: Blob): Promise<string[]> {
  const first = await firstFrame(file);
  const found = new Set<string>();
  await within(QUICK_SECONDS, quickly(first, found));
  if (![...found].some(isOwn)) {
    const seconds = found.size ? FURTHER_SECONDS : SECONDS;
    await within(seconds + LAST_LOOK_SECONDS, thoroughly(first, file, seconds, found));
  }
  const own = newestFrames([...found].filter(isOwn));
  if (own.length) return own;
  if (found.size > 1) {
    throw new QrRefused(
      t("图片中有多个二维码，请裁剪后只保留一个。", "The picture holds several codes; crop it to the one you mean."),
    );
  }
  if (!found.size) throw new QrRefused(t("图片中未找到二维码。", "No QR code was found in the picture."));
  return [...found];
}

/** Waits for `work`, and stops the reader in the midst of a look that takes too long. */
async function within(seconds: number, work: Promise<void>): Promise<void> {
  let late = false;
  const alarm = setTimeout(() => {
    late = true;
    stopReader();
  }, seconds * 1000);
  try {
    await work;
  } catch (error) {
    if (!late) throw error;
  } finally {
    clearTimeout(alarm);
  }
}

/** Adds what the small reader finds. */
async function quickly(frame: Frame, found: Set<string>): Promise<void> {
  const ink = drawn(frame, SIDE);
  for (const part of PARTS) {
    const pixels = pixelsOf(ink, part);
    for (const text of (await ask({ kind: "quick", pixels }, [pixels.data])).texts) found.add(cleanPayload(text));
  }
}

/** Adds what the ladder finds in the frames; it ends with the first look that finds one of the gateway's own. */
async function thoroughly(first: Frame, file: Blob, seconds: number, found: Set<string>): Promise<void> {
  let until = performance.now() + seconds * 1000;
  const pictures = greyPictures(first);
  for await (const frame of laterFrames(file)) {
    pictures.push(...greyPictures(frame));
    if (performance.now() > until) break;
  }
  const count = pictures.length;
  const { next: looks } = await ask(
    { kind: "keep", pictures },
    pictures.map((picture) => picture.data),
  );
  for (let look = 0; look < looks; look++) {
    for (let picture = 0; picture < count; picture++) {
      for (const text of (await ask({ kind: "look", look, picture })).texts) found.add(cleanPayload(text));
      if (performance.now() > until) return;
    }
    if ([...found].some(isOwn)) return;
    if (found.size) until = Math.min(until, performance.now() + FURTHER_SECONDS * 1000);
  }
}
