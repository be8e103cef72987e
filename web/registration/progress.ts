// How far a registration has come, and what was typed for it: kept in this tab, so that a reload goes on with it.
import type { RegisteredAccount } from "../api/schema.ts";
import { NOBODY, type Person } from "../ui/people.tsx";
import { persistentSignal } from "../ui/persistent-signal.ts";
import { sessionStore } from "../ui/storage.ts";

export interface Progress {
  person: Person;
  way: string;
  registration_id: string;
  /** What was typed for the account; never its password. */
  typed: { login_name: string; phone: string; household_division: string };
  account: RegisteredAccount | null;
}

export const NOTHING: Progress = {
  person: NOBODY,
  way: "hall_code",
  registration_id: "",
  typed: { login_name: "", phone: "", household_division: "" },
  account: null,
};
export const kept = persistentSignal<Progress>("registration", sessionStore);

export const note = (part: Partial<Progress>): void => {
  kept.value = { ...NOTHING, ...kept.peek(), ...part };
};
