// How a page starts: styles, the root, and what a page without its script would lack.
import { type ComponentChildren, render } from "preact";
import "./tokens.css";
import "./base.css";
import "./buttons.css";
import "./fields.css";
import "./parts.css";
import "./authorizations.css";
import "./rare-characters.css";
import "./keyboard.css";
import "./language.ts";
import "./theme.ts";

export function mount(page: ComponentChildren): void {
  const root = document.getElementById("root");
  if (root) render(page, root);
}
