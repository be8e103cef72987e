// Chinese and English stand beside each other in the code: t("登录", "Log in").
import { effect, signal } from "@preact/signals";
import { localStore } from "./storage.ts";

export type Language = "zh" | "en";

const KEPT = "pairing.language";

function first(): Language {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStore.getItem(KEPT) ?? navigator.language;
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const language = signal<Language>(first());

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

addEventListener("storage", (event) => {
  if (event.key === KEPT && event.newValue) language.value = event.newValue === "zh" ? "zh" : "en"; // in another tab
});

export function chooseLanguage(next: Language): void {
  language.value = next;
  localStore.setItem(KEPT, next);
}

/** The text of the present language; a component that calls it renders again when the language changes. */
export function t(zh: string, en: string): string {
  return language.value === "zh" ? zh : en;
}

/** A moment of the gateway's clock (milliseconds): 2026-11-30 00:56, in both languages. */
export function moment(at: number, withSeconds = false): string {
  // Swedish is how Intl spells ISO 8601
  return new Intl.DateTimeFormat("sv-SE", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  }).format(at);
}

// First characters of places with another reading elsewhere, each with a character that has only this reading.
const READINGS: [RegExp, string][] = [
  [/^重庆/, "崇庆"],
  [/^厦门/, "夏门"],
  [/^六安/, "陆安"],
  [/^蚌埠/, "泵埠"],
];
const reading = (name: string): string => READINGS.reduce((word, [sign, other]) => word.replace(sign, other), name);
const PINYIN = new Intl.Collator("zh-CN-u-co-pinyin");

/** Named items sorted by pinyin, like every Chinese list of names. */
export function byName<T extends { name: string }>(things: T[]): T[] {
  return things.toSorted((one, other) => PINYIN.compare(reading(one.name), reading(other.name)));
}

/** A duration in seconds as words: 7200 → 120 分钟. */
export function span(seconds: number): string {
  if (seconds < 90) return t(`${Math.ceil(seconds)} 秒`, `${Math.ceil(seconds)} s`);
  if (seconds < 3 * 3600) return t(`${Math.ceil(seconds / 60)} 分钟`, `${Math.ceil(seconds / 60)} min`);
  if (seconds < 48 * 3600) return t(`${Math.round(seconds / 3600)} 小时`, `${Math.round(seconds / 3600)} h`);
  return t(`${Math.round(seconds / 86_400)} 天`, `${Math.round(seconds / 86_400)} d`);
}
