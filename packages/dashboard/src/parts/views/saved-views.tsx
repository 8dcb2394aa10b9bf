import { useCallback, useState } from "preact/hooks";
import { inside } from "../../server/base-path.ts";
import {
  deleteView,
  listViews,
  type SavedView,
  saveView,
} from "../../server/overview/saved-views.ts";
import { useAnswer } from "../use-answer.ts";

/** The views of an account, and a field to keep the one that is looked at. */
export function SavedViews() {
  const { answer, failure } = useAnswer(listViews);
  const [changed, setChanged] = useState<readonly SavedView[]>();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const views = changed ?? answer;
  const act = useCallback((work: Promise<readonly SavedView[]>) => {
    work.then(
      (now) => {
        setChanged(now);
        setProblem(undefined);
      },
      (error: Error) => setProblem(error.message),
    );
  }, []);
  const keep = (event: Event) => {
    event.preventDefault();
    act(saveView(name, `${inside(location.pathname)}${location.search}`));
    setName("");
  };
  const said = problem ?? failure;
  return (
    <div class="padded">
      {views?.length === 0 && <p class="quiet">No view is kept yet.</p>}
      <ul class="plain-list">
        {views?.map(({ id, name: kept, address }) => (
          <li key={id} class="line">
            <a href={address}>
              <bdi>{kept}</bdi>
            </a>
            <span class="spread" />
            <button type="button" class="plain" onClick={() => act(deleteView(id))}>
              Delete<span class="hidden"> {kept}</span>
            </button>
          </li>
        ))}
      </ul>
      <form class="line" onSubmit={keep}>
        <input
          aria-label="Name of this view"
          placeholder="Name of this view"
          required
          maxLength={100}
          value={name}
          onInput={({ currentTarget: { value } }) => setName(value)}
        />
        <button type="submit">Keep it</button>
      </form>
      {said !== undefined && (
        <p class="bad" role="alert">
          {said}
        </p>
      )}
    </div>
  );
}
