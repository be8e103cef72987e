// The household division (GB/T 2260), chosen level by level.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { DivisionList, DivisionView } from "../api/schema.ts";
import { t } from "../ui/language.ts";
import { Choice, Trouble } from "../ui/parts.tsx";

export function Division({ code, onCode }: { code: string; onCode: (code: string) => void }): JSX.Element {
  const [levels, setLevels] = useState<DivisionView[][]>([]);
  const [chosen, setChosen] = useState<string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const read = async (parent: string): Promise<DivisionView[]> =>
    (await api<DivisionList>("GET", `/divisions${parent ? `?parent=${parent}` : ""}`)).divisions;
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
    if (!place) return onCode("");
    if (!place.has_children) return onCode(place.code);
    onCode("");
    try {
      setLevels([...kept, await read(place.code)]);
    } catch (failed) {
      setError(failed);
    }
  };
  const names = [t("户籍所在地：省", "Household: province"), t("市", "City"), t("区县", "District")];
  return (
    <fieldset class="stack tight" data-code={code}>
      <legend class="unseen">{t("户籍所在地", "Household division")}</legend>
      <div class="divisions">
        {levels.map((places, level) => (
          <Choice
            key={level}
            label={names[level] ?? t("下级", "Next level")}
            value={chosen[level] ?? ""}
            options={[
              ["", t("请选择", "Choose")],
              ...places.map((place): [string, string] => [place.code, place.name]),
            ]}
            onValue={(value) => void choose(level, value)}
          />
        ))}
      </div>
      <Trouble error={error} />
    </fieldset>
  );
}
