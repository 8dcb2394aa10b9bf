/** One thing that `caum doctor` found out. */
export interface Fact {
  readonly about: string;
  readonly state: "ok" | "note" | "problem";
  readonly text: string;
}
