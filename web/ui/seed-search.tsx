// Looks people and units of the simulation up: a seed may hold more of them than a page can show.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { MOST, type Seed, searchSeed } from "../api/seed.ts";
import { t } from "./language.ts";
import { Field } from "./parts.tsx";

export interface FoundSeed {
  seed: Seed | null;
  error: unknown;
  search: string;
  setSearch: (search: string) => void;
}

export function useSeed(): FoundSeed {
  const [seed, setSeed] = useState<Seed | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [search, setSearch] = useState("");
  useEffect(() => {
    let latest = true;
    searchSeed(search).then(
      (found) => latest && setSeed(found),
      (problem: unknown) => latest && setError(problem),
    );
    return () => {
      latest = false;
    };
  }, [search]);
  return { seed, error, search, setSearch };
}

/** The field for it; nothing where the page shows the whole seed anyway. */
export function SeedSearch({ found }: { found: FoundSeed }): JSX.Element | null {
  const { seed } = found;
  if (!seed || Math.max(seed.accounts_in_all, seed.units_in_all) <= MOST) return null;
  const [people, units] = [seed.accounts_in_all, seed.units_in_all];
  return (
    <Field
      label={t("查找人员和单位", "Find people and units")}
      name="seed_search"
      type="search"
      value={found.search}
      onValue={found.setSearch}
      hint={t(
        `共 ${people} 人、${units} 个单位；输入姓名、登录名或号码的一部分`,
        `${people} people and ${units} units in all; type a part of a name or number`,
      )}
    />
  );
}
