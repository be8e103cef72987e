// Opening a picture file as grey pictures: every frame, on white and on black; the twin of app_simulator/pictures/opening.py.
import { t } from "../ui/language.ts";
import type { Grey } from "./grey.ts";
import { QrRefused } from "./payload.ts";

const MAX_PIXELS = 64_000_000;
const CANVAS_PIXELS = 16_000_000; // more, and Safari's canvas stays empty
const MAX_FRAMES = 300;
const SVG_SIDE = 1200;

export interface Frame {
  source: CanvasImageSource;
  width: number;
  height: number;
}

const unopened = (): QrRefused =>
  new QrRefused(
    t(
      "无法打开该文件，请选择 PNG 或 JPEG 图片，或对其截图。",
      "This file is not a picture that can be opened. Use PNG or JPEG, or take a screenshot of it.",
    ),
  );

/** The first frame of a picture file. Throws QrRefused. */
export async function firstFrame(file: Blob): Promise<Frame> {
  let source: ImageBitmap | HTMLImageElement;
  let [width, height] = [0, 0];
  try {
    source = file.type === "image/svg+xml" ? await drawnSvg(file) : await createImageBitmap(file);
    ({ width, height } = source);
  } catch {
    throw unopened();
  }
  if (width * height > MAX_PIXELS) {
    throw new QrRefused(
      t(
        `图片过大（${width} × ${height}），请只截取二维码部分。`,
        `The picture is too large (${width} × ${height}). Crop it to the code.`,
      ),
    );
  }
  return { source, width, height };
}

async function drawnSvg(file: Blob): Promise<HTMLImageElement> {
  const image = new Image(SVG_SIDE, SVG_SIDE);
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return image;
}

/** Every frame after the first, where the browser can tell (WebCodecs: over HTTPS and on localhost). */
export async function* laterFrames(file: Blob): AsyncGenerator<Frame> {
  if (!("ImageDecoder" in globalThis) || !(await ImageDecoder.isTypeSupported(file.type))) return;
  const decoder = new ImageDecoder({ data: await file.arrayBuffer(), type: file.type });
  try {
    await decoder.tracks.ready;
    await decoder.completed;
    const count = Math.min(MAX_FRAMES, decoder.tracks.selectedTrack?.frameCount ?? 1);
    let pixels = 0;
    for (let frameIndex = 1; frameIndex < count; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      pixels += image.displayWidth * image.displayHeight;
      if (pixels <= MAX_PIXELS) yield { source: image, width: image.displayWidth, height: image.displayHeight };
      image.close();
      if (pixels > MAX_PIXELS) return;
    }
  } catch {
    return; // a later frame is damaged: those before it are read
  } finally {
    decoder.close();
  }
}

export function drawn(frame: Frame, most: number, ground = "#fff"): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, most / Math.max(frame.width, frame.height));
  canvas.width = Math.max(1, Math.round(frame.width * scale));
  canvas.height = Math.max(1, Math.round(frame.height * scale));
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  if (!ink) throw new Error("no canvas");
  ink.fillStyle = ground;
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.drawImage(frame.source, 0, 0, canvas.width, canvas.height);
  return ink;
}

/** A frame in grey: once, or on white and on black where it has transparent parts. */
export function greyPictures(frame: Frame): Grey[] {
  const most =
    Math.max(frame.width, frame.height) * Math.min(1, Math.sqrt(CANVAS_PIXELS / (frame.width * frame.height)));
  const [white, black] = ["#fff", "#000"].map((ground) => greyOf(drawn(frame, most, ground)));
  if (!white || !black) return [];
  return white.data.every((level, at) => level === black.data[at]) ? [white] : [white, black];
}

function greyOf(ink: CanvasRenderingContext2D): Grey {
  const { width, height } = ink.canvas;
  const { data } = ink.getImageData(0, 0, width, height);
  const levels = new Uint8ClampedArray(width * height);
  for (let at = 0; at < levels.length; at++) {
    levels[at] = (data[at * 4] ?? 0) * 0.299 + (data[at * 4 + 1] ?? 0) * 0.587 + (data[at * 4 + 2] ?? 0) * 0.114;
  }
  return { width, height, data: levels };
}
