// Storage of the browser. If it blocks site data, the page's memory holds the values until the page is closed.

export type PageStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export let storageBlocked = false;

function opened(open: () => Storage): PageStorage {
  try {
    const storage = open(); // a browser that blocks site data throws SecurityError here
    storage.getItem("");
    return storage;
  } catch {
    storageBlocked = true;
    const held = new Map<string, string>();
    return {
      getItem: (key) => held.get(key) ?? null,
      setItem: (key, value) => void held.set(key, value),
      removeItem: (key) => void held.delete(key),
    };
  }
}

/** Of this browser. */
export const localStore = opened(() => localStorage);
/** Of this tab. */
export const sessionStore = opened(() => sessionStorage);
