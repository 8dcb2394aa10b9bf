import type { Assessment } from "@caum/core/health";

/** Columns of a strip; a longer session has several steps in one. */
const COLUMNS = 60;

/** One character a step, the worst one where a column stands for several. */
export const STRIP_LEGEND = "· healthy  ~ review  # loop";
const MARKS = ["·", "~", "#"] as const;

/** The course of a session in one line, in constant memory. */
export class StepStrip {
  #columns: number[] = [];
  #stepsPerColumn = 1;
  #steps = 0;

  add(assessment: Assessment): void {
    const { publicClass } = assessment;
    const mark = publicClass === "hard_alert" ? 2 : publicClass === "review_only" ? 1 : 0;
    if (this.#steps === COLUMNS * this.#stepsPerColumn) this.#halve();
    const column = Math.floor(this.#steps / this.#stepsPerColumn);
    this.#columns[column] = Math.max(this.#columns[column] ?? 0, mark);
    this.#steps += 1;
  }

  toString(): string {
    return this.#columns.map((mark) => MARKS[mark]).join("");
  }

  #halve(): void {
    const halved: number[] = [];
    for (let column = 0; column < this.#columns.length; column += 2) {
      halved.push(Math.max(this.#columns[column] ?? 0, this.#columns[column + 1] ?? 0));
    }
    this.#columns = halved;
    this.#stepsPerColumn *= 2;
  }
}
