// The row with the button that sends a form: it stays on the screen, and says why the button cannot be pressed yet.

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { Button } from "./parts.tsx";

export function Submit(props: {
  children: ComponentChildren;
  busy?: boolean;
  /** What is still missing; "" where nothing is. */
  lacks?: string | false | undefined;
  /** Another button before it. */
  before?: ComponentChildren;
  /** Where no form is sent. */
  onClick?: () => void;
}): JSX.Element {
  const id = useId();
  const { lacks, onClick } = props;
  return (
    <div class="submit">
      {lacks && (
        <p class="why" id={id}>
          {lacks}
        </p>
      )}
      <div class="submit-buttons">
        {props.before}
        <Button
          kind="primary"
          size="tall"
          type={onClick ? "button" : "submit"}
          busy={props.busy ?? false}
          disabled={!!lacks}
          describedBy={lacks ? id : undefined}
          {...(onClick ? { onClick } : {})}
        >
          {props.children}
        </Button>
      </div>
    </div>
  );
}
