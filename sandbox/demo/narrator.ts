/** Tells the demo step by step. */
export class Narrator {
  private step = 0;

  constructor(private readonly write: (line: string) => void) {}

  /** A thing done, numbered. */
  readonly say = (line: string): void => {
    this.step += 1;
    this.write(`${String(this.step).padStart(2)}. ${line}`);
  };

  /** More about the last thing done. */
  readonly note = (line: string): void => {
    this.write(`    ${line}`);
  };
}
