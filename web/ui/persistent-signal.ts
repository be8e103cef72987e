// State that survives a reload: sessions in this browser only.
import { effect, type Signal, signal } from "@preact/signals";
import type { PageStorage } from "./storage.ts";

export function persistentSignal<T>(name: string, storage: PageStorage): Signal<T | null> {
  const key = `pairing.${name}`;
  let first: T | null = null;
  try {
    first = JSON.parse(storage.getItem(key) ?? "null") as T | null;
  } catch {
    storage.removeItem(key);
  }
  const state = signal<T | null>(first);
  effect(() => {
    if (state.value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(state.value));
  });
  return state;
}
