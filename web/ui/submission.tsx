// A form that sends one request: whether it is under way, what was refused, and which fields are wrong.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/calls.ts";
import { fieldErrors } from "../api/problem-messages.ts";
import { Trouble } from "./parts.tsx";

export interface Submission {
  busy: boolean;
  problem: Problem | null;
  /** The sentence for each field that breaks a rule. */
  wrong: Record<string, string>;
  setError: (error: unknown) => void;
  submit: () => Promise<void>;
}

/** `send` makes the request; the form stays busy after it, since the next step takes its place. */
export function useSubmission(send: () => Promise<void>): Submission {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problem = error ? asProblem(error) : null;
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await send();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return { busy, problem, wrong: problem ? fieldErrors(problem) : {}, setError, submit };
}

/** The form, with the refusal above its fields; `fields`: those that say by themselves what is wrong with them. */
export function SubmissionForm(props: {
  submission: Submission;
  fields: string[];
  children: ComponentChildren;
}): JSX.Element {
  const { problem, submit } = props.submission;
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={problem} fields={props.fields} />
      {props.children}
    </form>
  );
}
