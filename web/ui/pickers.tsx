// Chooses among the people and units of the simulation, to fill a form of the hall.

import type { JSX } from "preact";
import { personaNote, type SeedAccount, type SeedUnit } from "../api/seed.ts";
import { t } from "./language.ts";
import { Choice } from "./parts.tsx";
import type { Person } from "./people.tsx";
import { SeedSearch, useSeed } from "./seed-search.tsx";

export function PersonPicker({ onPick }: { onPick: (person: SeedAccount) => void }): JSX.Element {
  const found = useSeed(); // without a seed there is nobody to choose
  const accounts = found.people;
  return (
    <>
      <SeedSearch
        found={found}
        listed={accounts.length}
        onEnter={({ accounts: [first] }) => {
          if (first) onPick(first);
        }}
      />
      <Choice
        label={t("演示人员", "Demo person")}
        value=""
        options={[
          ["", t("选择后自动填入", "Choose to fill in")],
          ...accounts.map((one): [string, string] => [
            one.login_name,
            `${one.name} · ${personaNote(one.login_name) || one.login_name}`,
          ]),
        ]}
        onValue={(name) => {
          const picked = accounts.find((one) => one.login_name === name);
          if (picked) onPick(picked);
        }}
      />
    </>
  );
}

export function UnitPicker({ onPick }: { onPick: (unit: SeedUnit) => void }): JSX.Element {
  const found = useSeed();
  const { units } = found;
  return (
    <>
      <SeedSearch
        found={found}
        listed={units.length}
        onEnter={({ units: [first] }) => {
          if (first) onPick(first);
        }}
      />
      <Choice
        label={t("演示单位", "Demo unit")}
        value=""
        options={[
          ["", t("选择后自动填入", "Choose to fill in")],
          ...units.map((one): [string, string] => [one.taxpayer_id, one.name]),
        ]}
        onValue={(id) => {
          const picked = units.find((one) => one.taxpayer_id === id);
          if (picked) onPick(picked);
        }}
      />
    </>
  );
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]; // GB 11643
const SURNAMES = [..."王李张刘陈杨赵黄周吴徐孙马朱胡林"];
const GIVEN = ["子涵", "雨桐", "浩然", "思源", "梦琪", "嘉怡", "俊杰", "晓彤"];

/** Somebody who does not exist, with a resident ID number that passes its check. */
export function inventedPerson(): Person {
  const any = (below: number): number => Math.floor(Math.random() * below);
  const born = `${1970 + any(35)}${String(1 + any(12)).padStart(2, "0")}${String(1 + any(28)).padStart(2, "0")}`;
  const digits = `110101${born}${String(100 + any(900))}`;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  const name = `${SURNAMES[any(SURNAMES.length)] ?? ""}${GIVEN[any(GIVEN.length)] ?? ""}`;
  return { name, id_type: "resident_id", id_number: digits + "10X98765432"[sum % 11] };
}
