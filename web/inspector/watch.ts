// Reads the whole state again after each new entry of the journal, and every few seconds, since states expire.
import { signal } from "@preact/signals";
import { asProblem, setGatewayTime, sim } from "../api/calls.ts";

export interface TicketRow {
  ticket_id: string;
  state: string;
  version: number;
  requested_at: number;
  expires_at: number;
  client: string;
  address: string;
  login_name: string;
}

export interface SessionRow {
  session_id: string;
  kind: string;
  login_name: string;
  display_name: string;
  device_name: string;
  address: string;
  taxpayer_id: string;
  last_seen: number;
  expires_at: number;
}

export interface State {
  now: number;
  tickets: TicketRow[];
  sessions: SessionRow[];
  captchas: { captcha_id: string; answer: string; expires_at: number }[];
}

export interface LockRow {
  kind: string;
  subject: string;
  name: string;
  wrong: number;
  tries: number;
  captcha_due: boolean;
  identifiers: string[];
  locked_since: number;
  locked_until: number;
}

export interface Sms {
  message_id: string;
  at: number;
  phone: string;
  purpose: string;
  code: string;
  text: string;
}

export interface Fault {
  fault_id: string;
  kind: string;
  route: string | null;
  event: string | null;
  ticket: string | null;
  state: string | null;
  times: number | null;
  probability: number;
  seed: number;
  milliseconds: number;
  sigma: number;
  status: number;
  ends_at: number | null;
  fired: number;
}

/** The people and clients that cannot log in by QR. */
export interface QrLogin {
  off_for_all: boolean;
  off_for_clients: string[];
  off_for_accounts: string[];
}

/** The people, units, grants and OAuth clients that are there now. */
export interface Held {
  accounts: {
    login_name: string;
    name: string;
    phone: string;
    id_number: string;
    disabled: boolean;
    locked: boolean;
  }[];
  units: { taxpayer_id: string; name: string; status: string }[];
  authorizations: {
    unit: string;
    account: string;
    permission: string;
    granted_by: string;
    valid_until: string | null;
  }[];
  accounts_in_all: number;
  units_in_all: number;
  /** Of the next page; null where there is none. */
  next: string | null;
  clients: { client_id: string; name: string; grant_types: string[]; access_token_format: string }[];
}

export const held = signal<Held | null>(null);

export const MOST = 200; // rows of a table
let reads = 0;

const pageOf = (search: string, after: string): Promise<Omit<Held, "clients">> => {
  const query = new URLSearchParams({ limit: String(MOST), search: search.slice(0, 64), after });
  return sim("GET", `/people?${query}`);
};

/** Read when the page opens, when it is asked for, and for each search: there may be many thousands. */
export async function readHeld(search = ""): Promise<void> {
  const mine = ++reads;
  const [present, oauth] = await Promise.all([pageOf(search, ""), sim<Pick<Held, "clients">>("GET", "/oauth/clients")]);
  if (mine === reads) held.value = { ...present, ...oauth };
}

/** Read the next page of the same search. */
export async function readMore(search: string): Promise<void> {
  const before = held.value;
  if (!before?.next) return;
  const mine = ++reads;
  const { accounts, units, authorizations, ...rest } = await pageOf(search, before.next);
  if (mine !== reads) return;
  held.value = {
    ...before,
    ...rest,
    accounts: [...before.accounts, ...accounts],
    units: [...before.units, ...units],
    authorizations: [...before.authorizations, ...authorizations],
  };
}

export const state = signal<State | null>(null);
export const messages = signal<Sms[]>([]);
export const locks = signal<LockRow[]>([]);
export const faults = signal<Fault[]>([]);
export const qrLogin = signal<QrLogin | null>(null);
export const clock = signal<{ now: number; offset_ms: number; frozen: boolean } | null>(null);
export const trouble = signal<unknown>(null);

export async function readAll(): Promise<void> {
  try {
    const [seen, sms, wrong, off, time] = await Promise.all([
      sim<State>("GET", "/inspection"),
      sim<{ messages: Sms[] }>("GET", "/outbox/sms"),
      sim<{ locks: LockRow[] }>("GET", "/locks"),
      sim<QrLogin>("GET", "/qr-login"),
      sim<{ now: number; offset_ms: number; frozen: boolean }>("GET", "/clock"),
    ]);
    state.value = seen;
    messages.value = sms.messages.toReversed();
    locks.value = wrong.locks;
    qrLogin.value = off;
    clock.value = time;
    setGatewayTime(time.now);
    trouble.value = null;
  } catch (error) {
    trouble.value = error;
  }
}

export async function readFaults(): Promise<void> {
  try {
    faults.value = (await sim<{ faults: Fault[] }>("GET", "/faults")).faults;
  } catch {
    faults.value = [];
  }
}

const REREAD_SECONDS = 5;

export async function watch(): Promise<void> {
  let next = (await sim<{ next: number }>("GET", "/journal?wait=0&limit=10000").catch(() => null))?.next ?? 0;
  for (;;) {
    await Promise.all([readAll(), readFaults()]);
    try {
      next = (await sim<{ next: number }>("GET", `/journal?since=${next}&wait=${REREAD_SECONDS}`)).next;
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, asProblem(error).status === 404 ? 5000 : 1500));
    }
  }
}
