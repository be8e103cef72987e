// Grey pictures, a byte a pixel, and what a look does to them.

export interface Grey {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

export const grey = (width: number, height: number, ground = 0): Grey => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height).fill(ground),
});

export function crop(from: Grey, left: number, top: number, width: number, height: number): Grey {
  const to = grey(width, height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * from.width + left;
    to.data.set(from.data.subarray(start, start + width), y * width);
  }
  return to;
}

export function expanded(from: Grey, wide: number, ground: number): Grey {
  const to = grey(from.width + 2 * wide, from.height + 2 * wide, ground);
  for (let y = 0; y < from.height; y++) {
    to.data.set(from.data.subarray(y * from.width, (y + 1) * from.width), (y + wide) * to.width + wide);
  }
  return to;
}

export const mapped = (from: Grey, of: (level: number) => number): Grey => {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, level) => of(level));
  return { ...from, data: from.data.map((level) => table[level] ?? 0) };
};

/** The range of brightness that is used, stretched; `cutoff` percent at both ends do not count. */
export function stretched(from: Grey, cutoff = 0): Grey {
  const counts = new Uint32Array(256);
  for (const level of from.data) counts[level] = (counts[level] ?? 0) + 1;
  const least = (from.data.length * cutoff) / 100;
  let low = 0;
  let high = 255;
  for (let sum = counts[0] ?? 0; low < 255 && sum <= least; sum += counts[low] ?? 0) low++;
  for (let sum = counts[255] ?? 0; high > 0 && sum <= least; sum += counts[high] ?? 0) high--;
  return high <= low ? from : mapped(from, (level) => ((level - low) * 255) / (high - low));
}

/** Another size: means of what falls together when smaller, in between when larger. */
export function resized(from: Grey, width: number, height: number): Grey {
  const to = grey(width, height);
  const [sx, sy] = [from.width / width, from.height / height];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      to.data[y * width + x] = sx > 1 ? mean(from, x * sx, y * sy, sx, sy) : between(from, x * sx, y * sy, sx, sy);
    }
  }
  return to;
}

function mean(from: Grey, left: number, top: number, width: number, height: number): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(top); y < Math.min(from.height, Math.max(top + height, Math.floor(top) + 1)); y++) {
    for (let x = Math.floor(left); x < Math.min(from.width, Math.max(left + width, Math.floor(left) + 1)); x++) {
      sum += from.data[y * from.width + x] ?? 0;
      count++;
    }
  }
  return count ? sum / count : 0;
}

function between(from: Grey, left: number, top: number, sx: number, sy: number): number {
  const x = Math.max(0, left + sx / 2 - 0.5);
  const y = Math.max(0, top + sy / 2 - 0.5);
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const x1 = Math.min(from.width - 1, x0 + 1);
  const [row, below] = [y0 * from.width, Math.min(from.height - 1, y0 + 1) * from.width];
  const [fx, fy] = [x - x0, y - y0];
  const { data } = from;
  const upper = (data[row + x0] as number) * (1 - fx) + (data[row + x1] as number) * fx;
  const lower = (data[below + x0] as number) * (1 - fx) + (data[below + x1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
}

export function transposed(from: Grey): Grey {
  const to = grey(from.height, from.width);
  for (let y = 0; y < from.height; y++) {
    for (let x = 0; x < from.width; x++) to.data[x * to.width + y] = from.data[y * from.width + x] ?? 0;
  }
  return to;
}

/** Each pixel as `of` its neighbours in its row, then in its column, up to `radius` away. */
function along(from: Grey, radius: number, of: (levels: Uint8ClampedArray) => number): Grey {
  let at = from;
  for (let turn = 0; turn < 2; turn++) {
    const to = grey(at.width, at.height);
    for (let y = 0; y < at.height; y++) {
      const row = y * at.width;
      for (let x = 0; x < at.width; x++) {
        to.data[row + x] = of(
          at.data.subarray(row + Math.max(0, x - radius), row + Math.min(at.width, x + radius + 1)),
        );
      }
    }
    at = transposed(to);
  }
  return at;
}

/** The extreme of each pixel and its eight neighbours. */
function extreme(from: Grey, light: boolean): Grey {
  let at = from;
  for (let turn = 0; turn < 2; turn++) {
    const to = grey(at.width, at.height);
    for (let place = 0; place < at.data.length; place++) {
      const x = place % at.width;
      const [one, left, right] = [
        at.data[place],
        at.data[x ? place - 1 : place],
        at.data[x < at.width - 1 ? place + 1 : place],
      ];
      to.data[place] = light ? Math.max(one ?? 0, left ?? 0, right ?? 0) : Math.min(one ?? 0, left ?? 0, right ?? 0);
    }
    at = transposed(to);
  }
  return at;
}

export const darkest = (from: Grey): Grey => extreme(from, false);
export const lightest = (from: Grey): Grey => extreme(from, true);
export const median = (from: Grey, radius: number): Grey =>
  along(from, radius, (levels) => Uint8ClampedArray.from(levels).sort()[levels.length >> 1] ?? 0);

/** The mean of a square around each pixel. */
export function blurred(from: Grey, radius: number): Grey {
  let at = from;
  for (let turn = 0; turn < 2; turn++) {
    const to = grey(at.width, at.height);
    for (let y = 0; y < at.height; y++) {
      const row = y * at.width;
      let sum = 0;
      let count = 0;
      for (let x = -radius; x < at.width; x++) {
        if (x + radius < at.width) {
          sum += at.data[row + x + radius] ?? 0;
          count++;
        }
        if (x - radius - 1 >= 0) {
          sum -= at.data[row + x - radius - 1] ?? 0;
          count--;
        }
        if (x >= 0) to.data[row + x] = sum / count;
      }
    }
    at = transposed(to);
  }
  return at;
}

export const combined = (one: Grey, other: Grey, of: (a: number, b: number) => number): Grey => ({
  ...one,
  data: one.data.map((level, at) => of(level, other.data[at] ?? 0)),
});
