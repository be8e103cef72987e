// What this machine is called by its browser: the system and the browser, as its owner would say it.

type Known = [sign: RegExp, name: string];

// the first that fits: an iPhone's agent names Mac OS too, and an Android's names Linux
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
