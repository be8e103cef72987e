// The people and units of the simulation, for the pages that choose among them.

import { t } from "../ui/language.ts";
import { sim } from "./calls.ts";
import type { IdType } from "./schema.ts";

export interface SeedAccount {
  login_name: string;
  password: string;
  phone: string;
  name: string;
  id_type: IdType;
  id_number: string;
}

export interface SeedUnit {
  alias?: string;
  taxpayer_id: string;
  name: string;
  declaration_password: string;
}

/** Some of the seed, which may hold thousands. */
export interface Seed {
  accounts: SeedAccount[];
  units: SeedUnit[];
  accounts_in_all: number;
  units_in_all: number;
}

export const MOST = 100; // people, and units, that a page takes at a time

/** The people and units with this in a name or number; the first ones of the seed without it. */
export function searchSeed(search = ""): Promise<Seed> {
  return sim<Seed>("GET", `/seed/search?limit=${MOST}&search=${encodeURIComponent(search.slice(0, 64))}`);
}

/** The unit with this alias or taxpayer number. */
export function seedUnit(name: string): Promise<SeedUnit> {
  return sim<SeedUnit>("GET", `/seed/units/${encodeURIComponent(name)}`);
}

/** The purpose of this person in the demo seed. */
export function personaNote(loginName: string): string {
  const notes: Record<string, [string, string]> = {
    legal_rep: ["A、B 单位的法定代表人", "legal representative of A and B"],
    finance: ["A 单位的财务负责人", "finance manager of A"],
    agent: ["办税人员，两个单位", "tax agent of two units"],
    single: ["办税人员，一个单位", "tax agent of one unit"],
    authorized: ["已获办税授权，免申报密码", "authorized: no unit password"],
    newcomer: ["新注册，尚无单位", "newcomer without a unit"],
    passport: ["以外国护照注册", "registered with a passport"],
    compound: ["复姓", "a surname of two characters"],
    minority: ["姓名含间隔号", "a name with a dot"],
    rare: ["姓名含生僻字", "a name with a rare character"],
    locked: ["账号已锁定", "account locked"],
  };
  const note = notes[loginName];
  return note ? t(...note) : "";
}
