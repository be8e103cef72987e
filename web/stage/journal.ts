// The gateway's journal as it happens: a long poll that never ends, and what the diagram keeps of it.
import { signal } from "@preact/signals";
import { asProblem, sim } from "../api/calls.ts";
import { sessionStore } from "../ui/storage.ts";

export const LANES = ["client", "gateway", "redis", "phone"] as const;
export type Lane = (typeof LANES)[number];

export interface Entry {
  seq: number;
  /** milliseconds of the gateway's clock */
  at: number;
  lane_from: string;
  lane_to: string;
  kind: "request" | "answer" | "transition" | "push" | "fault" | "note";
  name: string;
  ticket_id?: string | null;
  body?: unknown;
  /** of an answer over HTTP */
  status?: number;
  /** milliseconds of an answer */
  duration_ms?: number;
}

interface Page {
  entries: Entry[];
  next: number;
}

const KEPT = 1500;
const WAIT_SECONDS = 20;
const CLEARED = "pairing.stage.cleared";

export class Journal {
  readonly entries = signal<Entry[]>([]);
  readonly paused = signal(false);
  readonly trouble = signal<unknown>(null);
  private held: Entry[] = [];
  private next = 0;

  /** Follow the journal: first what it holds already, without what this tab has cleared. */
  async follow(): Promise<void> {
    const newest = await sim<Page>("GET", "/journal?since=0&wait=0&limit=10000").catch(() => null);
    if (newest) {
      const cleared = Number(sessionStore.getItem(CLEARED) ?? 0);
      this.next = newest.next;
      this.take(newest.entries.filter((entry) => entry.seq > (cleared <= newest.next ? cleared : 0)));
    }
    for (;;) {
      try {
        const page = await sim<Page>("GET", `/journal?since=${this.next}&wait=${WAIT_SECONDS}`);
        this.trouble.value = null;
        // after a reset the journal counts anew
        if (page.next < this.next) this.entries.value = [];
        this.next = page.next;
        this.take(page.entries);
        if (page.entries.length === 0) await pause(50);
      } catch (error) {
        const problem = asProblem(error);
        this.trouble.value = problem;
        await pause(problem.status === 404 ? 10_000 : 1500);
      }
    }
  }

  private take(fresh: Entry[]): void {
    // what the stage itself asks of the control plane is no part of the story
    const told = fresh.filter((entry) => !/\/sim\/v1\//.test(entry.name));
    if (this.paused.value) this.held.push(...told);
    else if (told.length) this.entries.value = [...this.entries.value, ...told].slice(-KEPT);
  }

  pause(): void {
    this.paused.value = true;
  }

  resume(): void {
    this.paused.value = false;
    const held = this.held;
    this.held = [];
    this.take(held);
  }

  clear(): void {
    sessionStore.setItem(CLEARED, String(this.next));
    this.entries.value = [];
    this.held = [];
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The lane that a name of the journal belongs to; the WEB platform and the hall stand in the gateway's lane. */
export function laneOf(name: string): Lane {
  const lane = name.toLowerCase();
  if (lane === "app" || lane.startsWith("phone")) return "phone";
  return LANES.find((one) => lane.startsWith(one)) ?? (lane === "web" ? "client" : "gateway");
}
