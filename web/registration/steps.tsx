import type { JSX } from "preact";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";

/** The steps of a wizard with the present one marked; `at` counts from 0. */
export function Steps({ names, at }: { names: string[]; at: number }): JSX.Element {
  return (
    <ol class="steps" aria-label={t("步骤", "Steps")}>
      {names.map((name, index) => (
        <li
          key={name}
          class={index < at ? "done" : index === at ? "now" : "later"}
          aria-current={index === at ? "step" : undefined}
        >
          <span>{index < at ? <Icon name="check" size={14} /> : index + 1}</span>
          {name}
        </li>
      ))}
    </ol>
  );
}
