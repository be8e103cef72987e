// Reads a QR from pixels: of the camera, of a picture, of the client's screen on the stage.
import { t } from "../ui/language.ts";
import { LADDER, textsIn } from "./looks.ts";
import { drawn, type Frame, firstFrame, greyPictures, laterFrames } from "./opening.ts";
import { cleanPayload, isOwn, QrRefused } from "./payload.ts";

type Reader = typeof import("jsqr").default;
let reader: Reader | null = null;

/** The reader is the largest part of the page and is fetched when somebody is about to scan. */
export async function loadReader(): Promise<Reader> {
  reader ??= (await import("jsqr")).default;
  return reader;
}

const SIDE = 1400;
const SECONDS = 5;
const FURTHER_SECONDS = 0.5;
// parts of the picture as [x, y, width, height] of the whole: two codes side by side hide each other from the reader
const PARTS: [number, number, number, number][] = [
  [0, 0, 1, 1],
  [0, 0, 0.55, 1],
  [0.45, 0, 0.55, 1],
  [0, 0, 1, 0.55],
  [0, 0.45, 1, 0.55],
];

/** One look at a frame of the camera or of a canvas: the text found, or null. */
export async function look(source: CanvasImageSource, width: number, height: number): Promise<string | null> {
  if (!width || !height) return null;
  const read = await loadReader();
  const ink = drawn({ source, width, height }, 800);
  const { data } = ink.getImageData(0, 0, ink.canvas.width, ink.canvas.height);
  return read(data, ink.canvas.width, ink.canvas.height, { inversionAttempts: "attemptBoth" })?.data || null;
}

/** The texts of the gateway's own QRs in a picture file, or the one of somebody else. Throws QrRefused. */
export async function readPicture(file: Blob): Promise<string[]> {
  const first = await firstFrame(file);
  let found = await quickly(first);
  if (![...found].some(isOwn)) found = new Set([...found, ...(await thoroughly(first, file, found.size > 0))]);
  const own = [...found].filter(isOwn);
  if (own.length) return own;
  if (found.size > 1) {
    throw new QrRefused(
      t("图片中有多个二维码，请裁剪后只保留一个。", "The picture holds several codes; crop it to the one you mean."),
    );
  }
  if (!found.size) throw new QrRefused(t("图片中未找到二维码。", "No QR code was found in the picture."));
  return [...found];
}

/** What the small reader finds at once. */
async function quickly(frame: Frame): Promise<Set<string>> {
  const read = await loadReader();
  const ink = drawn(frame, SIDE);
  const { width, height } = ink.canvas;
  const found = new Set<string>();
  for (const [x, y, w, h] of PARTS) {
    const [left, top] = [Math.round(x * width), Math.round(y * height)];
    const part = ink.getImageData(left, top, Math.max(1, Math.round(w * width)), Math.max(1, Math.round(h * height)));
    const text = read(part.data, part.width, part.height, { inversionAttempts: "attemptBoth" })?.data;
    if (text) found.add(cleanPayload(text));
  }
  return found;
}

/** What the ladder finds in the frames; it ends with the first look that finds one of the gateway's own. */
async function thoroughly(first: Frame, file: Blob, seen: boolean): Promise<Set<string>> {
  const began = performance.now();
  let until = began + SECONDS * 1000;
  if (seen) until = began + FURTHER_SECONDS * 1000;
  const pictures = greyPictures(first);
  for await (const frame of laterFrames(file)) {
    pictures.push(...greyPictures(frame));
    if (performance.now() > until) break;
  }
  const found = new Set<string>();
  for (const step of LADDER) {
    for (const picture of pictures) {
      for (const text of await textsIn(picture, step)) found.add(cleanPayload(text));
      await new Promise((resolve) => setTimeout(resolve)); // the page stays alive between two looks
      if (performance.now() > until) return found;
    }
    if ([...found].some(isOwn)) return found;
    if (found.size) until = Math.min(until, performance.now() + FURTHER_SECONDS * 1000);
  }
  return found;
}
