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

function PartFields({ part, at, onChange }: PartProperties) {
  const { choice, join } = part;
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
      <ValueField part={part} at={at} onChange={onChange} />
    </>
  );
}

/** What is chosen of a condition: one of its options, a number, or nothing. */
function ValueField({ part: { choice, value }, at, onChange }: PartProperties) {
  const label = `Value of condition ${at + 1}`;
  const set = ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
    onChange({ value: currentTarget.value });
  if (choice.options !== undefined) {
    return (
      <select aria-label={label} value={value} onChange={set}>
        {choice.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  if (choice.start === undefined) return null;
  return (
    <label class="choice">
      <input
        type="number"
        aria-label={label}
        min={0}
        max={choice.most}
        step={choice.step ?? "1"}
        required
        value={value}
        onInput={set}
      />
      <span class="quiet">{choice.unit}</span>
    </label>
  );
}
