import { useState } from "preact/hooks";
import { count, moment } from "../parts/format.ts";
import type { LoopGroup, say } from "../server/overview/overview.ts";

interface Properties {
  readonly group: LoopGroup;
  readonly name: string;
  readonly act: (...said: Parameters<typeof say>) => Promise<void>;
}

/** What people wrote of a group, the latest last. */
export function Comments({ group: { id, comments }, name, act }: Properties) {
  const [text, setText] = useState("");
  const send = (event: Event) => {
    event.preventDefault();
    void act(id, "comments", { text });
    setText("");
  };
  return (
    <details>
      <summary>
        {comments.length === 0 ? "Comment" : `Comments (${count(comments.length)})`}
        <span class="hidden"> on {name}</span>
      </summary>
      <ul class="plain-list">
        {comments.map(({ at, by, text: said }) => (
          <li key={`${at} ${said}`}>
            <span class="quiet">
              <bdi>{by}</bdi>, {moment(Date.parse(at))}:
            </span>{" "}
            <bdi>{said}</bdi>
          </li>
        ))}
      </ul>
      <form class="line" onSubmit={send}>
        <input
          aria-label={`Comment on ${name}`}
          required
          maxLength={500}
          value={text}
          onInput={({ currentTarget: { value } }) => setText(value)}
        />
        <button type="submit">Send</button>
      </form>
    </details>
  );
}
