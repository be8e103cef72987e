// Enters rare characters by radical and the stroke count of the whole character; 确定 puts them into the name.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { CharacterList, RadicalList, RadicalView } from "../api/schema.ts";
import { t } from "./language.ts";
import { Button, Choice, Field, Trouble, Waiting } from "./parts.tsx";

export function RareCharacters(props: { name: string; onName: (name: string) => void }): JSX.Element {
  const [radicals, setRadicals] = useState<RadicalView[] | null>(null);
  const [radical, setRadical] = useState("");
  const [strokes, setStrokes] = useState("");
  const [found, setFound] = useState<CharacterList | null>(null);
  const [name, setName] = useState(props.name);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    api<RadicalList>("GET", "/radicals")
      .then((body) => {
        setRadicals(body.radicals);
        setRadical(body.radicals[0]?.radical ?? "");
      })
      .catch(setError);
  }, []);
  const query = (offset: number): string =>
    `/characters?radical=${encodeURIComponent(radical)}${strokes ? `&total_strokes=${strokes}` : ""}&offset=${offset}`;
  useEffect(() => {
    if (!radical) return;
    let wanted = true;
    setFound(null);
    api<CharacterList>("GET", query(0))
      .then((body) => {
        if (!wanted) return;
        setFound(body);
        setError(null);
      })
      .catch((failed: unknown) => wanted && setError(failed));
    return () => {
      wanted = false;
    };
  }, [radical, strokes]);
  const more = async (): Promise<void> => {
    if (found?.next == null) return;
    try {
      const page = await api<CharacterList>("GET", query(found.next));
      setFound({ ...page, characters: [...found.characters, ...page.characters] });
    } catch (failed) {
      setError(failed);
    }
  };
  if (!radicals) return error ? <Trouble error={error} /> : <Waiting />;
  const counts = radicals.find((one) => one.radical === radical)?.total_strokes ?? [];
  return (
    <div class="stack">
      <div class="two-fields">
        <Choice
          label={t("偏旁部首", "Radical")}
          value={radical}
          options={radicals.map((one) => [one.radical, `${one.character}  ${one.strokes} ${t("画", "strokes")}`])}
          onValue={(next) => {
            setRadical(next);
            setStrokes("");
          }}
        />
        <Choice
          label={t("总笔画数", "Strokes in all")}
          value={strokes}
          options={[
            ["", t("全部", "All")],
            ...counts.map((count): [string, string] => [String(count), t(`${count} 画`, String(count))]),
          ]}
          onValue={setStrokes}
        />
      </div>
      <Trouble error={error} />
      <div class="characters" role="group" aria-label={t("选字", "Characters")}>
        {found?.characters.map((one) => (
          <button
            key={one.codepoint}
            type="button"
            lang="zh-CN"
            title={one.codepoint}
            aria-label={`${one.character} ${one.codepoint}`}
            onClick={() => setName(name + one.character)}
          >
            {one.character}
            {/* few machines have a glyph for every character: its number tells which it is */}
            {one.codepoint.length > 6 && <small>{one.codepoint.slice(2)}</small>}
          </button>
        ))}
        {found === null && !error && <Waiting />}
        {found?.characters.length === 0 && <p class="muted">{t("没有符合条件的汉字", "None")}</p>}
        {found?.next != null && (
          <button type="button" class="more" onClick={() => void more()}>
            {t("更多", "More")}
          </button>
        )}
      </div>
      <Field label={t("姓名", "Name")} value={name} onValue={setName} name="composed" />
      <Button kind="primary" wide disabled={!name} onClick={() => props.onName(name)}>
        {t("确定", "OK")}
      </Button>
    </div>
  );
}
