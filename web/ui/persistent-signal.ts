// State that survives a reload: in this browser, where its tabs share it, or in this tab alone.
import { effect, type Signal, signal } from "@preact/signals";
import { localStore, type PageStorage } from "./storage.ts";

export function persistentSignal<T>(name: string, storage: PageStorage): Signal<T | null> {
  const key = `pairing.${name}`;
  const read = (text: string | null): T | null => {
    try {
      return JSON.parse(text ?? "null") as T | null;
    } catch {
      return null; // another version's, or changed by hand
    }
  };
  const state = signal<T | null>(read(storage.getItem(key)));
  effect(() => {
    if (state.value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(state.value));
  });
  if (storage === localStore) {
    addEventListener("storage", (event) => {
      if (event.key === key) state.value = read(event.newValue); // another tab has changed it
    });
  }
  return state;
}
