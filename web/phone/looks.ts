// One ladder of looks at a picture, from cheap to dear; the twin of app_simulator/pictures/looks.py (a test compares them).
// The reader is zxing-cpp (Apache-2.0) as WebAssembly by zxing-wasm (MIT): about a third of a megabyte, fetched from the
// gateway when the small reader cannot read a picture or the camera's first frames. It runs in reading-worker.ts.
import type { ReaderOptions } from "zxing-wasm/reader";
import { gapsClosed } from "./gaps.ts";
import {
  blurred,
  combined,
  crop,
  darkest,
  expanded,
  type Grey,
  lightest,
  mapped,
  median,
  resized,
  stretched,
} from "./grey.ts";
import { bridged, deblurred, evenlyLit } from "./neighbours.ts";

type Prepare = (picture: Grey) => Iterable<Grey>;
type Look = [name: string, prepare: Prepare, binarizer?: "GlobalHistogram"];

const SMALL = 4_000_000;
const TILE = 1000;
const GLOBAL = "GlobalHistogram";

const one =
  (change: (picture: Grey) => Grey): Prepare =>
  (picture) => [change(picture)];
const handy = (picture: Grey, most = SMALL): Grey => {
  const pixels = picture.width * picture.height;
  if (pixels <= most) return picture;
  const factor = Math.sqrt(most / pixels);
  return resized(picture, Math.round(picture.width * factor), Math.round(picture.height * factor));
};
const filtered = (...filters: ((picture: Grey) => Grey)[]): Prepare =>
  one((picture) => filters.reduce((at, filter) => filter(at), handy(picture)));
const scaled =
  (factor: number): Prepare =>
  (picture) => {
    const [width, height] = [Math.round(picture.width * factor), Math.round(picture.height * factor)];
    return Math.min(width, height) >= 21 && width * height <= SMALL * 4 ? [resized(picture, width, height)] : [];
  };
const soft =
  (radius: number) =>
  (picture: Grey): Grey =>
    blurred(blurred(picture, radius), radius);

function* framed(picture: Grey): Generator<Grey> {
  const wide = Math.max(8, Math.min(picture.width, picture.height) >> 3);
  for (const ground of [255, 0]) yield expanded(picture, wide, ground);
  const around = picture.data[0] ?? 0;
  let [left, top, right, bottom] = [picture.width, picture.height, -1, -1];
  for (let at = 0; at < picture.data.length; at++) {
    if (Math.abs((picture.data[at] ?? 0) - around) <= 24) continue;
    const [x, y] = [at % picture.width, Math.floor(at / picture.width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  if (right >= left) yield expanded(crop(picture, left, top, right - left + 1, bottom - top + 1), wide, 255);
}

const flattened = one((picture) => {
  const at = handy(picture);
  const around = blurred(at, Math.max(8, Math.floor(Math.min(at.width, at.height) / 10)));
  return stretched(
    combined(at, around, (level, ground) => level - ground + 128),
    1,
  );
});

const sharpened = (picture: Grey): Grey =>
  combined(picture, soft(3)(picture), (level, around) => level + 3 * (level - around));

const tiles = (factor: number): Prepare =>
  function* (picture) {
    const side = Math.max(200, Math.min(TILE, Math.max(picture.width, picture.height) >> 1));
    for (let top = 0; top < Math.max(1, picture.height - (side >> 1)); top += side >> 1) {
      for (let left = 0; left < Math.max(1, picture.width - (side >> 1)); left += side >> 1) {
        const part = crop(
          picture,
          left,
          top,
          Math.min(side, picture.width - left),
          Math.min(side, picture.height - top),
        );
        let [low, high] = [255, 0];
        for (const level of part.data) [low, high] = [Math.min(low, level), Math.max(high, level)];
        if (high - low < 16) continue;
        yield stretched(factor > 1 ? resized(part, part.width * factor, part.height * factor) : part, 1);
      }
    }
  };

export const LADDER: Look[] = [
  ["plain", one((picture) => picture)],
  ["plain, global", one((picture) => picture), GLOBAL],
  ["inverted", one((picture) => mapped(picture, (level) => 255 - level))],
  ["framed", framed],
  ["stretched", one((picture) => stretched(picture, 1))],
  ["gaps closed", gapsClosed],
  ["half", scaled(0.5)],
  ["half, global", scaled(0.5), GLOBAL],
  ["gaps bridged", (picture) => bridged(handy(picture, SMALL / 2))],
  ["double", scaled(2)],
  ["double, global", scaled(2), GLOBAL],
  ["flattened", flattened, GLOBAL],
  ["evenly lit", (picture) => evenlyLit(handy(picture)), GLOBAL],
  ["two thirds", scaled(0.67)],
  ["one and a half", scaled(1.5)],
  ["third", scaled(0.34)],
  ["smoothed", filtered(soft(1))],
  ["smoothed, wide", filtered(soft(3))],
  ["median", filtered((picture) => median(picture, 1))],
  ["median, wide", filtered((picture) => median(picture, 2), soft(1))],
  ["sharpened", filtered(sharpened)],
  ["deblurred", one(deblurred)],
  ["closed", filtered(darkest, lightest)],
  ["opened", filtered(lightest, darkest)],
  ["thinned", filtered(lightest)],
  ["thickened", filtered(darkest)],
  ["triple", scaled(3)],
  ["tiles", tiles(1)],
  ["tiles, global", tiles(1), GLOBAL],
  ["tiles, double", tiles(2)],
];

type ReadBarcodes = typeof import("zxing-wasm/reader").readBarcodes;
let reader: Promise<ReadBarcodes> | null = null;

async function zxing(): Promise<ReadBarcodes> {
  const [{ prepareZXingModule, readBarcodes }, { default: file }] = await Promise.all([
    import("zxing-wasm/reader"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  prepareZXingModule({ overrides: { locateFile: () => file } });
  return readBarcodes;
}

/** The texts of the codes that one look finds in a picture. */
export async function textsIn(picture: Grey, [, prepare, binarizer]: Look): Promise<string[]> {
  reader ??= zxing();
  const read = await reader.catch((error: unknown) => {
    reader = null; // a connection that was cut: the next picture asks again
    throw error;
  });
  const options: ReaderOptions = { formats: ["QRCode"], textMode: "Plain", binarizer: binarizer ?? "LocalAverage" };
  const found: string[] = [];
  for (const part of prepare(picture)) {
    const pixels = new ImageData(part.width, part.height);
    new Uint32Array(pixels.data.buffer).forEach((_, at, whole) => {
      whole[at] = 0xff000000 | ((part.data[at] ?? 0) * 0x010101);
    });
    for (const code of await read(pixels, options)) if (code.isValid) found.push(code.text);
  }
  return found;
}
