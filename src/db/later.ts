/**
 * Given as a statement's last value, it makes the statement travel with the transaction's next one, or with its COMMIT, instead of
 * waiting for an answer of its own. `done` gets its rows; its error is the next statement's.
 */
export class Later {
  readonly done: (rows: unknown[]) => void

  constructor(done: (rows: unknown[]) => void = () => {}) {
    this.done = done
  }
}
