import { CHOICES, type Choice, NAMES, type Names, type Part } from "./parts.ts";

/** More would be read by nobody; who needs it writes it. */
const MAX_PARTS = 5;

interface Properties {
  readonly parts: readonly Part[];
  readonly names: Names;
  /** Names that are known, by what they name. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly onParts: (parts: readonly Part[]) => void;
  readonly onNames: (names: Names) => void;
}

/** What has to hold, one line each, and of whom. */
export function ConditionFields({ parts, names, known, onParts, onNames }: Properties) {
  const change = (at: number, to: Partial<Part>) =>
    onParts(parts.map((part, index) => (index === at ? { ...part, ...to } : part)));
  const add = () => onParts([...parts, partOf(CHOICES[0], "and")]);
  return (
    <>
      <ol class="parts" aria-label="What has to hold">
        {parts.map((part, at) => (
          <li key={at} class="line">
            <PartFields part={part} at={at} onChange={(to) => change(at, to)} />
            {parts.length > 1 && (
              <button
                type="button"
                onClick={() => onParts(parts.filter((_, index) => index !== at))}
              >
                Remove<span class="hidden"> condition {at + 1}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
      <div class="line ends">
        <button type="button" disabled={parts.length >= MAX_PARTS} onClick={add}>
          Add a condition
        </button>
        {NAMES.map((name) => (
          <label key={name}>
            <span class="quiet">only of {name}</span>
            <input
              list={`known-${name}`}
              maxLength={255}
              placeholder={`any ${name}`}
              value={names[name]}
              onInput={({ currentTarget: { value } }) => onNames({ ...names, [name]: value })}
            />
            <datalist id={`known-${name}`}>
              {known[name]?.map((value) => (
                <option key={value} value={value} />
              ))}
            </datalist>
          </label>
        ))}
      </div>
    </>
  );
}

export function partOf(choice: Choice, join: Part["join"]): Part {
  return { choice, value: choice.start ?? "", join };
}

interface PartProperties {
  readonly part: Part;
  readonly at: number;
  readonly onChange: (to: Partial<Part>) => void;
}

function PartFields({ part: { choice, value, join }, at, onChange }: PartProperties) {
  const of = `of condition ${at + 1}`;
  return (
    <>
      {at === 0 ? (
        <span class="quiet">when</span>
      ) : (
        <select
          aria-label={`And or or, before condition ${at + 1}`}
          value={join}
          // The options are the two.
          onChange={({ currentTarget }) => onChange({ join: currentTarget.value as Part["join"] })}
        >
          <option>and</option>
          <option>or</option>
        </select>
      )}
      <select
        aria-label={`Condition ${at + 1}`}
        value={choice.text}
        onChange={({ currentTarget }) => {
          const chosen = CHOICES.find(({ text }) => text === currentTarget.value) ?? CHOICES[0];
          onChange(partOf(chosen, join));
        }}
      >
        {CHOICES.map(({ text, words }) => (
          <option key={text} value={text}>
            {words}
          </option>
        ))}
      </select>
      {choice.options !== undefined && (
        <select
          aria-label={`Value ${of}`}
          value={value}
          onChange={({ currentTarget }) => onChange({ value: currentTarget.value })}
        >
          {choice.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      )}
      {choice.options === undefined && choice.start !== undefined && (
        <label class="choice">
          <input
            type="number"
            aria-label={`Value ${of}`}
            min={0}
            max={choice.most}
            step={choice.step ?? "1"}
            required
            value={value}
            onInput={({ currentTarget }) => onChange({ value: currentTarget.value })}
          />
          <span class="quiet">{choice.unit}</span>
        </label>
      )}
    </>
  );
}
