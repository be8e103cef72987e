// Looks people and units of the simulation up: a seed may hold more of them than a page can show.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MOST, type Seed, type SeedAccount, type SeedUnit, searchSeed } from "../api/seed.ts";
import { byName, t } from "./language.ts";
import { Field } from "./parts.tsx";
import { useSettled } from "./settled.ts";

export interface FoundSeed {
  seed: Seed | null;
  /** By name; those of a search in its order, in which exact ones come first. */
  people: SeedAccount[];
  units: SeedUnit[];
  error: unknown;
  search: string;
  setSearch: (search: string) => void;
  /** Ask at once, without a pause; null where a newer search was asked for meanwhile. */
  readNow: () => Promise<Seed | null>;
}

export function useSeed(): FoundSeed {
  const [{ seed, of }, setRead] = useState<{ seed: Seed | null; of: string }>({ seed: null, of: "" });
  const [error, setError] = useState<unknown>(null);
  const [search, setSearch] = useState("");
  const settled = useSettled(search);
  const reads = useRef(0);
  const asked = useRef<string | null>(null);
  const read = async (wanted: string): Promise<Seed | null> => {
    const mine = ++reads.current;
    asked.current = wanted;
    try {
      const found = await searchSeed(wanted);
      if (mine !== reads.current) return null; // a late answer
      setRead({ seed: found, of: wanted.trim() });
      setError(null);
      return found;
    } catch (problem) {
      if (mine === reads.current) setError(problem);
      return null;
    }
  };
  useEffect(() => {
    if (settled !== asked.current) void read(settled); // Enter may have asked already
  }, [settled]);
  const [people, units] = [seed?.accounts ?? [], seed?.units ?? []];
  return {
    seed,
    people: of ? people : byName(people),
    units: of ? units : byName(units),
    error,
    search,
    setSearch,
    readNow: () => read(search),
  };
}

/** The field for it, unless the page shows the whole seed anyway. `listed` are as many as the page lists of them. */
export function SeedSearch(props: {
  found: FoundSeed;
  listed: number;
  /** Enter in the field. */
  onEnter?: (seed: Seed) => void;
  /** Where there is little room: what to type stands in the field. */
  brief?: boolean;
}): JSX.Element | null {
  const { seed, search, setSearch, readNow } = props.found;
  if (!seed || Math.max(seed.accounts_in_all, seed.units_in_all) <= MOST) return null;
  const [people, units] = [seed.accounts_in_all, seed.units_in_all];
  const { onEnter } = props;
  const none = t("没有找到，请换用姓名、登录名或号码的一部分", "Nothing found: try a part of a name or number");
  const takes = t(
    `姓名、登录名或号码的一部分${onEnter ? "，按回车键选第一个" : ""}`,
    `part of a name or number${onEnter ? "; Enter takes the first" : ""}`,
  );
  const hint = t(`共 ${people} 人、${units} 个单位；输入${takes}`, `${people} people, ${units} units; type a ${takes}`);
  return (
    <Field
      label={t("查找人员和单位", "Find people and units")}
      name="seed_search"
      type="search"
      value={search}
      onValue={setSearch}
      onEnter={() => void readNow().then((found) => found && onEnter?.(found))}
      {...(props.brief ? { placeholder: takes } : { hint })}
      {...(props.listed === 0 && { hint: none })}
    />
  );
}
