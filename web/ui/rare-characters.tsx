// Enters rare characters by radical and the stroke count of the whole character; 确定 puts them into the name.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { CharacterList, CharacterView, RadicalList, RadicalView } from "../api/schema.ts";
import { ComposedGlyph, compositions, withoutGlyph } from "./han-glyph.tsx";
import { t } from "./language.ts";
import { Button, Choice, Field, Trouble, Waiting } from "./parts.tsx";

const NONE: CharacterView[] = [];
type Drawn = CharacterView & { description?: string };

/** The characters as this machine can draw them: by a font, or from their parts; and how many it cannot draw. */
function useDrawn(characters: CharacterView[]): { offered: Drawn[]; left: number } | null {
  const [drawn, setDrawn] = useState<{ of: CharacterView[]; offered: Drawn[]; left: number } | null>(null);
  useEffect(() => {
    let wanted = true;
    const missing = withoutGlyph(characters.map((one) => one.character));
    const done = (known: Map<string, string>): void => {
      if (!wanted) return;
      const offered = characters.flatMap((one): Drawn[] => {
        if (!missing.has(one.character)) return [one];
        const description = known.get(one.character);
        return description ? [{ ...one, description }] : [];
      });
      setDrawn({ of: characters, offered, left: characters.length - offered.length });
    };
    if (missing.size) compositions().then(done, () => done(new Map()));
    else done(new Map());
    return () => {
      wanted = false;
    };
  }, [characters]);
  return drawn?.of === characters ? drawn : null;
}

export function RareCharacters(props: { name: string; onName: (name: string) => void }): JSX.Element {
  const [radicals, setRadicals] = useState<RadicalView[] | null>(null);
  const [radical, setRadical] = useState("");
  const [strokes, setStrokes] = useState("");
  const [found, setFound] = useState<CharacterList | null>(null);
  const [name, setName] = useState(props.name);
  const [error, setError] = useState<unknown>(null);
  const drawn = useDrawn(found?.characters ?? NONE);
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
        {found &&
          drawn?.offered.map((one) => (
            <button
              key={one.codepoint}
              type="button"
              lang="zh-CN"
              title={one.codepoint}
              aria-label={`${one.character} ${one.codepoint}`}
              onClick={() => setName(name + one.character)}
            >
              {one.description ? <ComposedGlyph description={one.description} /> : one.character}
              {one.codepoint.length > 6 && <small>{one.codepoint.slice(2)}</small>}
            </button>
          ))}
        {(!found || !drawn) && !error && <Waiting />}
        {found?.characters.length === 0 && <p class="muted">{t("没有符合条件的汉字", "None")}</p>}
        {found?.next != null && (
          <button type="button" class="more" onClick={() => void more()}>
            {t("更多", "More")}
          </button>
        )}
      </div>
      {drawn && drawn.left > 0 && (
        <p class="hint">
          {t(
            `另有 ${drawn.left} 个字在此设备上没有字形，可将其粘贴到姓名中。`,
            `This device has no glyph for ${drawn.left} more: paste one into the name.`,
          )}
        </p>
      )}
      <Field label={t("姓名", "Name")} value={name} onValue={setName} name="composed" />
      <Button kind="primary" wide disabled={!name} onClick={() => props.onName(name)}>
        {t("确定", "OK")}
      </Button>
    </div>
  );
}
