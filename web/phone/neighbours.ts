// Filters that look at many neighbours of each pixel; the twin of app_simulator/pictures/neighbours.py.
import { blurred, combined, type Grey, mapped, resized } from "./grey.ts";

type Direction = "down" | "across";

const GAPS = [7, 5, 10, 3, 14];
const WINDOWS = [32, 64];
const LOGARITHMS = Uint8ClampedArray.from({ length: 256 }, (_, level) => (255 * Math.log(1 + level)) / Math.log(256));
const DEBLURRED_PIXELS = 400_000;
const DEBLURRED_RADIUS = 4; // twice a mean over nine pixels: about a Gaussian of five
const DEBLURRED_TIMES = 10;

const inverted = (picture: Grey): Grey => mapped(picture, (level) => 255 - level);

/** Narrow dark gaps in what is light closed, and light ones in what is dark: those between the lines of a terminal. */
export function* bridged(picture: Grey): Generator<Grey> {
  const other = inverted(picture);
  for (const directions of [["down"], ["down", "across"]] as Direction[][]) {
    for (const gap of GAPS) {
      yield closed(picture, gap, directions);
      yield inverted(closed(other, gap, directions));
    }
  }
}

/** Each pixel beside the light ground around it. The edges of shadows stay sharp. */
export function* evenlyLit(picture: Grey): Generator<Grey> {
  const logarithm = (level: number): number => LOGARITHMS[level] ?? 0;
  for (const window of WINDOWS) {
    const ground = closed(picture, window, ["down", "across"]);
    yield combined(picture, ground, (level, light) => 255 - 4 * (logarithm(light) - logarithm(level)));
  }
}

/** A blur of about five pixels taken back step by step (van Cittert). */
export function deblurred(picture: Grey): Grey {
  const factor = Math.min(1, Math.sqrt(DEBLURRED_PIXELS / (picture.width * picture.height)));
  const from = resized(picture, Math.round(picture.width * factor), Math.round(picture.height * factor));
  let sharp = from;
  for (let time = 0; time < DEBLURRED_TIMES; time++) {
    const soft = blurred(blurred(sharp, DEBLURRED_RADIUS), DEBLURRED_RADIUS);
    sharp = { ...sharp, data: sharp.data.map((level, at) => level + (from.data[at] ?? 0) - (soft.data[at] ?? 0)) };
  }
  return sharp;
}

/** Without dark places narrower than `pixels` in each of the directions. */
function closed(picture: Grey, pixels: number, directions: Direction[]): Grey {
  let at = picture;
  for (const direction of directions) at = swept(at, pixels, direction, 1);
  for (const direction of directions) at = swept(at, pixels, direction, -1);
  return at;
}

/** The lightest of 2, 4, 8 … pixels that follow one another (1), or the darkest of those that precede (-1). */
function swept(picture: Grey, pixels: number, direction: Direction, sign: 1 | -1): Grey {
  const { width, height } = picture;
  let data = picture.data;
  let step = 0;
  for (let done = 1; done < pixels; done += step) {
    step = Math.min(done, pixels - done);
    const [x, y] = direction === "across" ? [step, 0] : [0, step];
    const to = data.slice();
    const away = sign * (y * width + x);
    const [top, left] = sign > 0 ? [0, 0] : [y, x];
    for (let row = top; row < top + height - y; row++) {
      const end = row * width + left + width - x;
      for (let place = row * width + left; place < end; place++) {
        const other = data[place + away] as number;
        if (sign > 0 ? other > (data[place] as number) : other < (data[place] as number)) to[place] = other;
      }
    }
    data = to;
  }
  return { width, height, data };
}
