// A text that is being typed, as it stands when the typing pauses: no page asks the gateway at each key.

import { useEffect, useState } from "preact/hooks";

const PAUSE_MS = 200;

export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}
