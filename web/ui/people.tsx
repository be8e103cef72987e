// A person's name and document, as the WEB platform and the hall ask for them.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { IdType } from "../api/schema.ts";
import { t } from "./language.ts";
import { Choice, Field, Sheet } from "./parts.tsx";
import { RareCharacters } from "./rare-characters.tsx";

export interface Person {
  name: string;
  id_type: string;
  id_number: string;
}

export const NOBODY: Person = { name: "", id_type: "resident_id", id_number: "" };

/** What is still missing, as a sentence. */
export function lacksOf(person: Person): string {
  if (!person.name.trim()) return t("请输入姓名。", "Enter the name.");
  return person.id_number ? "" : t("请输入证件号码。", "Enter the document number.");
}

export function idTypes(): [value: IdType, label: string][] {
  return [
    ["resident_id", t("居民身份证", "Resident ID card")],
    ["passport", t("外国护照", "Passport")],
    ["hk_macau_permit", t("港澳居民来往内地通行证", "Hong Kong / Macau permit")],
    ["taiwan_permit", t("台湾居民来往大陆通行证", "Taiwan permit")],
    ["foreign_permanent_resident", t("外国人永久居留身份证", "Foreigner's permanent residence card")],
  ];
}

export function PersonFields(props: {
  person: Person;
  onPerson: (person: Person) => void;
  wrong?: Record<string, string>;
  rare?: boolean;
}): JSX.Element {
  const { person, onPerson } = props;
  const [entry, setEntry] = useState(false);
  return (
    <>
      <Field
        label={t("姓名", "Name")}
        name="name"
        value={person.name}
        onValue={(name) => onPerson({ ...person, name })}
        autocomplete="name"
        maxLength={100}
        wrong={props.wrong?.["name"]}
        after={
          props.rare ? (
            <button type="button" class="button" onClick={() => setEntry(true)}>
              {t("录入生僻字", "Rare")}
            </button>
          ) : undefined
        }
      />
      <Choice
        label={t("证件类型", "Document")}
        value={person.id_type}
        options={idTypes()}
        onValue={(id_type) => onPerson({ ...person, id_type })}
      />
      <Field
        label={t("证件号码", "Document number")}
        name="id_number"
        value={person.id_number}
        onValue={(id_number) => onPerson({ ...person, id_number: id_number.toUpperCase() })}
        maxLength={32}
        wrong={props.wrong?.["id_number"]}
      />
      {entry && (
        <Sheet title={t("录入生僻字", "Rare characters")} onClose={() => setEntry(false)}>
          <RareCharacters
            name={person.name}
            onName={(name) => {
              onPerson({ ...person, name });
              setEntry(false);
            }}
          />
        </Sheet>
      )}
    </>
  );
}
