// Closing the gaps that a terminal leaves between lines and characters; the twin of app_simulator/pictures/gaps.py.
import { crop, type Grey, grey, stretched, transposed } from "./grey.ts";

const QUIET = 0.4;
const MOST_PIXELS = 16_000_000;

export function* gapsClosed(picture: Grey): Generator<Grey> {
  const { width, height } = picture;
  if (width * height > MOST_PIXELS) return;
  const half = width >> 1;
  const parts = [0, width >> 2, half].map((left) => () => crop(picture, left, 0, half, height));
  for (const part of [() => picture, ...parts]) {
    const whole = part();
    const rows = withoutStripes(whole);
    if (rows) yield rows;
    const turned = withoutStripes(transposed(rows ?? whole));
    if (turned) yield transposed(turned);
  }
}

function withoutStripes(picture: Grey): Grey | null {
  const found = stripes(changes(picture));
  if (!found.length) return null;
  const gone = new Uint8Array(picture.height);
  for (const [top, bottom] of found) gone.fill(1, Math.max(0, top), bottom);
  const kept: number[] = [];
  for (let y = 0; y < picture.height; y++) if (!gone[y]) kept.push(y);
  if (kept.length < 21) return null;
  const to = grey(picture.width, kept.length);
  kept.forEach((y, at) => {
    to.data.set(picture.data.subarray(y * picture.width, (y + 1) * picture.width), at * picture.width);
  });
  return to;
}

/** How much each row changes from pixel to pixel, as a mean. */
function changes(picture: Grey): number[] {
  const { data, width, height } = stretched(picture);
  return Array.from({ length: height }, (_, y) => {
    let sum = 0;
    for (let at = y * width + 1; at < (y + 1) * width; at++) sum += Math.abs((data[at] ?? 0) - (data[at - 1] ?? 0));
    return Math.round((sum / (width - 1)) * 16);
  });
}

const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Where regular stripes lie, as [first row, row after the last], over the whole height. */
function stripes(rows: number[]): [number, number][] {
  const lively = rows.toSorted((a, b) => a - b)[(rows.length * 3) >> 2] ?? 0;
  const runs: { quiet: boolean; start: number; length: number }[] = [];
  rows.forEach((change, start) => {
    const quiet = change < lively * QUIET;
    const last = runs.at(-1);
    if (last?.quiet === quiet) last.length++;
    else runs.push({ quiet, start, length: 1 });
  });
  const inner = runs.slice(1, -1).filter((run) => run.quiet);
  if (inner.length < 8) return [];
  const usual = middle(inner.map((run) => run.length));
  const regular = inner.filter((run) => run.length <= usual + 1);
  const steps = regular.slice(1).map((run, at) => ({ from: regular[at]?.start ?? 0, to: run.start }));
  const step = middle(steps.map(({ from, to }) => to - from));
  if (usual * 2 > step || step < 3) return [];
  const near = steps.filter(({ from, to }) => Math.abs(to - from - step) <= 1);
  if (near.length < 6) return [];
  const exact = near.reduce((sum, { from, to }) => sum + to - from, 0) / near.length;
  const known = new Map(regular.map((run) => [run.start, run.length]));
  const found: [number, number][] = [];
  for (let row = (near[0]?.from ?? 0) % exact; row < rows.length; row += exact) {
    const at = [0, -1, 1].map((by) => Math.round(row) + by).find((start) => known.has(start));
    row = at ?? row;
    const begin = Math.round(row);
    found.push([begin, begin + (known.get(begin) ?? usual)]);
  }
  return found;
}
