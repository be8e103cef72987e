// The household division (GB/T 2260), chosen level by level.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { DivisionList, DivisionView } from "../api/schema.ts";
import { byName, t } from "../ui/language.ts";
import { Choice, Trouble } from "../ui/parts.tsx";

/** With the names that it or its parts had before. */
const named = (place: DivisionView): string =>
  place.former_names.length ? `${place.name}（原${place.former_names.join("、")}）` : place.name;

export function Division({ code, onCode }: { code: string; onCode: (code: string) => void }): JSX.Element {
  const [levels, setLevels] = useState<DivisionView[][]>([]);
  const [asOf, setAsOf] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef(""); // the choice whose parts are wanted: a slower answer to an earlier one comes to nothing
  const read = async (parent: string): Promise<DivisionView[]> => {
    const { divisions, as_of } = await api<DivisionList>("GET", `/divisions${parent ? `?parent=${parent}` : ""}`);
    setAsOf(as_of);
    return divisions;
  };
  useEffect(() => {
    read("")
      .then((places) => setLevels([places]))
      .catch(setError);
  }, []);
  const choose = async (level: number, value: string): Promise<void> => {
    const path = [...chosen.slice(0, level), value];
    setChosen(path);
    const place = levels[level]?.find((one) => one.code === value);
    const kept = levels.slice(0, level + 1);
    setLevels(kept);
    setError(null);
    latest.current = value;
    if (!place) return onCode("");
    if (!place.has_children) return onCode(place.code);
    onCode("");
    try {
      const places = await read(place.code);
      if (latest.current === value) setLevels([...kept, places]);
    } catch (failed) {
      if (latest.current === value) setError(failed);
    }
  };
  const names: [zh: string, en: string][] = [
    ["户籍所在地：省/直辖市/自治区", "Household: province"],
    ["地级市", "City"],
    ["区县", "District"],
  ];
  // a municipality (直辖市) has districts right below it
  const label = (level: number, places: DivisionView[]): string =>
    t(...(names[level === 1 && !places.some((place) => place.has_children) ? 2 : level] ?? ["下级", "Next level"]));
  return (
    <fieldset class="stack tight" data-code={code}>
      <legend class="unseen">{t("户籍所在地", "Household division")}</legend>
      <div class="divisions">
        {levels.map((places, level) => (
          <Choice
            key={level}
            label={label(level, places)}
            value={chosen[level] ?? ""}
            namesIn="zh-CN"
            options={[
              ["", t("请选择", "Choose")],
              ...byName(places).map((place): [string, string] => [place.code, named(place)]),
            ]}
            onValue={(value) => void choose(level, value)}
          />
        ))}
      </div>
      {asOf && (
        <p class="hint">
          {t(
            `行政区划数据截至 ${asOf}，已更名或合并的请按括号内的曾用名查找。`,
            `Divisions as of ${asOf}; those renamed or merged have their former names in brackets.`,
          )}
        </p>
      )}
      <Trouble error={error} />
    </fieldset>
  );
}
