import type { ComponentChildren, JSX } from "preact";
import { t } from "../ui/language.ts";
import { IconButton } from "../ui/parts.tsx";
import type { Phone } from "./phone.ts";

/** A screen below the home: a title with the way back. */
export function SubScreen(props: {
  phone: Phone;
  title: string;
  children: ComponentChildren;
  end?: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <header class="app-bar">
        <IconButton icon="back" label={t("返回", "Back")} onClick={() => props.phone.back()} />
        <h1>{props.title}</h1>
        <span class="app-bar-end">{props.end}</span>
      </header>
      <div class="app-body stack">{props.children}</div>
    </>
  );
}
