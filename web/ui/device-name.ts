// A name for this machine from the browser's user agent: system and browser, in common words.

type Known = [sign: RegExp, name: string];

// the first match counts: an iPhone's user agent also names Mac OS, and an Android's names Linux
const SYSTEMS: Known[] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];
// Edge and Opera name Chrome too, and Chrome names Safari
const BROWSERS: Known[] = [
  [/MicroMessenger/, "WeChat"],
  [/Edg/, "Edge"],
  [/OPR/, "Opera"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrome|CriOS/, "Chrome"],
  [/Safari/, "Safari"],
];

const named = (known: Known[]): string => known.find(([sign]) => sign.test(navigator.userAgent))?.[1] ?? "";

export const systemName = (): string => named(SYSTEMS);

/** For example "Windows · Edge". */
export const deviceName = (): string => [systemName(), named(BROWSERS)].filter(Boolean).join(" · ") || "?";
