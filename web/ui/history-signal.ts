// State that is part of the browser's history: back and forward walk over its values, and a reload comes to the same one.
import { type Signal, signal } from "@preact/signals";

type Kept = Record<string, unknown> & { depth?: number };

const kept = (): Kept => (history.state ?? {}) as Kept;

export class HistorySignal<T> {
  readonly state: Signal<T>;
  /** Values for the entry that the browser is on its way to, and for entries after it. */
  private coming: T[] = [];

  /** `entries`: whether a new value is an entry of its own; else it takes the place of the one before. */
  constructor(
    private readonly name: string,
    private readonly first: () => T,
    private readonly entries = true,
  ) {
    this.state = signal(this.read());
    this.put(this.state.value); // the entry that the page opens with has a value to come back to
    addEventListener("popstate", () => {
      const [first, ...others] = this.coming;
      this.coming = [];
      if (first === undefined) {
        this.state.value = this.read();
      } else {
        this.put(first);
        for (const next of others) this.go(next);
      }
    });
  }

  get value(): T {
    return this.state.value;
  }

  go(next: T): void {
    if (!this.entries) {
      this.put(next);
      return;
    }
    if (this.coming.length === 0) this.put(this.state.value); // an entry that a link has made has no value yet
    this.state.value = next;
    if (this.coming.length > 0) {
      this.coming.push(next);
      return;
    }
    const { depth = 0 } = kept();
    history.pushState({ ...kept(), [this.name]: next, depth: depth + 1 }, "");
  }

  /** In the place of the present value. */
  put(next: T): void {
    this.state.value = next;
    if (this.coming.length > 0) {
      this.coming[this.coming.length - 1] = next;
      return;
    }
    history.replaceState({ ...kept(), [this.name]: next }, "");
  }

  /** To the entry before; to `otherwise` where there is none. */
  back(otherwise: T): void {
    if (this.entries && kept().depth) history.back();
    else this.put(otherwise);
  }

  /** To the entry that the page was opened with, which shows `next` from now on. */
  restart(next: T): void {
    const { depth = 0 } = kept();
    if (!this.entries || depth === 0) {
      this.put(next);
      return;
    }
    this.state.value = next;
    this.coming = [next];
    history.go(-depth);
  }

  private read(): T {
    return (kept()[this.name] as T | undefined) ?? this.first();
  }
}
