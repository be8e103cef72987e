// Enters rare characters by radical and the stroke count of the whole character; 确定 puts them into the name.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/calls.ts";
import type { CharacterList, CharacterView, RadicalList, RadicalView } from "../api/schema.ts";
import { ComposedGlyph, compositions, withoutGlyph } from "./han-glyph.tsx";
import { t } from "./language.ts";
import { Button, Choice, Field, Trouble, Waiting } from "./parts.tsx";

type Drawn = CharacterView & { description?: string };

/** A list as far as it was asked for: the characters that this machine can draw, by a font or from their parts. */
interface Listing {
  offered: Drawn[];
  withoutGlyph: number;
  next: number | null;
}

const EMPTY: Listing = { offered: [], withoutGlyph: 0, next: 0 };

/** The list with its next page. */
async function continued(shown: Listing, query: string): Promise<Listing> {
  const { characters, next } = await api<CharacterList>("GET", `/characters?${query}&offset=${shown.next}`);
  const missing = withoutGlyph(characters.map((one) => one.character));
  const known = missing.size ? await compositions().catch(() => new Map<string, string>()) : null;
  const offered = characters.flatMap((one): Drawn[] => {
    if (!missing.has(one.character)) return [one];
    const description = known?.get(one.character);
    return description ? [{ ...one, description }] : [];
  });
  return {
    offered: [...shown.offered, ...offered],
    withoutGlyph: shown.withoutGlyph + characters.length - offered.length,
    next,
  };
}

export function RareCharacters(props: { name: string; onName: (name: string) => void }): JSX.Element {
  const [radicals, setRadicals] = useState<RadicalView[] | null>(null);
  const [radical, setRadical] = useState("");
  const [strokes, setStrokes] = useState("");
  const [listing, setListing] = useState<Listing | null>(null);
  const [reading, setReading] = useState(false);
  const wanted = useRef(""); // of two lists that are read at once only this one is shown
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
  const read = async (query: string, shown: Listing): Promise<void> => {
    setReading(true);
    const answer = await continued(shown, query).then(
      (longer) => ({ longer, failed: null }),
      (failed: unknown) => ({ longer: shown, failed }),
    );
    if (wanted.current !== query) return;
    setListing(answer.longer);
    setError(answer.failed);
    setReading(false);
  };
  useEffect(() => {
    if (!radical) return;
    wanted.current = `radical=${encodeURIComponent(radical)}${strokes ? `&total_strokes=${strokes}` : ""}`;
    setListing(null);
    void read(wanted.current, EMPTY);
  }, [radical, strokes]);
  useEffect(
    () => () => {
      wanted.current = "";
    },
    [],
  );
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
        {listing?.offered.map((one) => (
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
        {!listing && !error && <Waiting />}
        {listing?.next === null && listing.offered.length + listing.withoutGlyph === 0 && (
          <p class="muted">{t("没有符合条件的汉字", "None")}</p>
        )}
        {listing?.next != null && (
          <button type="button" class="more" disabled={reading} onClick={() => void read(wanted.current, listing)}>
            {t("更多", "More")}
          </button>
        )}
      </div>
      {listing && listing.withoutGlyph > 0 && (
        <p class="hint">
          {t(
            `另有 ${listing.withoutGlyph} 个字在此设备上没有字形，可将其粘贴到姓名中。`,
            `This device has no glyph for ${listing.withoutGlyph} more: paste one into the name.`,
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
