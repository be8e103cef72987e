import { effect, signal } from "@preact/signals";
import { localStore } from "./storage.ts";

export type Theme = "light" | "dark";

const KEPT = "pairing.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const kept = localStore.getItem(KEPT);

export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : dark.matches ? "dark" : "light");

dark.addEventListener("change", () => {
  if (!localStore.getItem(KEPT)) theme.value = dark.matches ? "dark" : "light";
});

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

export function chooseTheme(next: Theme): void {
  theme.value = next;
  localStore.setItem(KEPT, next);
}
