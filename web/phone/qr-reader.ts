// Reads a QR from pixels: of the camera, of a picture, of the client's screen on the stage.
import { t } from "../ui/language.ts";
import { QrRefused } from "./payload.ts";

type Reader = typeof import("jsqr").default;
let reader: Reader | null = null;

/** The reader is the largest part of the page and is fetched when somebody is about to scan. */
export async function loadReader(): Promise<Reader> {
  reader ??= (await import("jsqr")).default;
  return reader;
}

const SIDES = [1400, 800, 420];
// parts of the picture as [x, y, width, height] of the whole: two codes side by side hide each other from the reader
const PARTS: [number, number, number, number][] = [
  [0, 0, 1, 1],
  [0, 0, 0.55, 1],
  [0.45, 0, 0.55, 1],
  [0, 0, 1, 0.55],
  [0, 0.45, 1, 0.55],
];

/** A canvas with `source` on it, `side` pixels at its longer side at the most. */
function drawn(source: CanvasImageSource, width: number, height: number, side: number): CanvasRenderingContext2D {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  if (!ink) throw new Error("no canvas");
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.drawImage(source, 0, 0, canvas.width, canvas.height);
  return ink;
}

/** One look at a frame of the camera or of a canvas: the text found, or null. */
export async function look(source: CanvasImageSource, width: number, height: number): Promise<string | null> {
  if (!width || !height) return null;
  const read = await loadReader();
  const ink = drawn(source, width, height, 800);
  const { data } = ink.getImageData(0, 0, ink.canvas.width, ink.canvas.height);
  return read(data, ink.canvas.width, ink.canvas.height, { inversionAttempts: "attemptBoth" })?.data || null;
}

/** The text of the one QR in a picture file. Throws QrRefused with what is wrong with it. */
export async function readPicture(file: Blob): Promise<string> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new QrRefused(t("无法打开该文件，请选择图片文件。", "This file is not a picture that can be opened."));
  }
  const read = await loadReader();
  const found = new Set<string>();
  for (const side of SIDES) {
    const ink = drawn(bitmap, bitmap.width, bitmap.height, side);
    const { width, height } = ink.canvas;
    for (const [x, y, w, h] of PARTS) {
      const part = ink.getImageData(
        Math.round(x * width),
        Math.round(y * height),
        Math.round(w * width),
        Math.round(h * height),
      );
      const text = read(part.data, part.width, part.height, { inversionAttempts: "attemptBoth" })?.data;
      if (text) found.add(text);
    }
    if (found.size > 1) {
      throw new QrRefused(
        t("图片中有多个二维码，请裁剪后只保留一个。", "The picture holds two codes; crop it to the one you mean."),
      );
    }
    const [only] = found;
    if (only) return only;
  }
  throw new QrRefused(t("图片中未找到二维码。", "No QR code was found in the picture."));
}
