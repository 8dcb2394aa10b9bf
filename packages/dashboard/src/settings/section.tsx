import type { ComponentChildren } from "preact";

interface Properties {
  readonly title: string;
  /** What is in the way, in words. */
  readonly failure: string | undefined;
  readonly isLoading: boolean;
  readonly children: ComponentChildren;
}

/** A part of the settings, with what went wrong in it. */
export function Section({ title, failure, isLoading, children }: Properties) {
  return (
    <section class="panel padded" aria-label={title} aria-busy={isLoading}>
      <h2>{title}</h2>
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
      {children}
    </section>
  );
}
