/** What it is, what A and B have, by how much they differ, and what is to be said of that. */
export type Line = readonly [
  name: string,
  a: string,
  b: string,
  difference: string,
  more?: string | undefined,
];

interface Properties {
  readonly label: string;
  readonly rows: readonly Line[];
  /** What stands in no row. */
  readonly more?: readonly string[];
}

/** Left out where there is nothing in it. */
export function DifferenceTable({ label, rows, more = [] }: Properties) {
  if (rows.length + more.length === 0) return null;
  return (
    <section class="panel padded" aria-label={label}>
      <h2>{label}</h2>
      {rows.length > 0 && (
        <table class="figures wraps">
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">what</span>
              </th>
              <th scope="col">A</th>
              <th scope="col">B</th>
              <th scope="col">B − A</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, a, b, difference, more]) => (
              <tr key={name}>
                <th scope="row">
                  <bdi>{name}</bdi>
                  {more !== undefined && <div class="quiet">{more}</div>}
                </th>
                <td>{a}</td>
                <td>{b}</td>
                <td class={a === b ? "quiet" : ""}>{difference}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more.map((line) => (
        <p key={line} class="quiet">
          {line}
        </p>
      ))}
    </section>
  );
}
