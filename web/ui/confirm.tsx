// Asks before something ends: what will be gone, then the button that does it.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "./language.ts";
import { Button, Sheet } from "./parts.tsx";

export interface Question {
  title: string;
  text: string;
  /** The word on the button that does it. */
  action: string;
  act: () => unknown;
}

/** `[ask, sheet]`: asks a question, and what shows it. */
export function useConfirm(): [(question: Question) => void, JSX.Element | null] {
  const [question, setQuestion] = useState<Question | null>(null);
  const close = (): void => setQuestion(null);
  const sheet = question && (
    <Sheet title={question.title} onClose={close}>
      <div class="stack">
        <p>{question.text}</p>
        <div class="two-fields">
          <Button onClick={close}>{t("取消", "Cancel")}</Button>
          <Button
            kind="danger"
            onClick={() => {
              close();
              void question.act();
            }}
          >
            {question.action}
          </Button>
        </div>
      </div>
    </Sheet>
  );
  return [setQuestion, sheet];
}
