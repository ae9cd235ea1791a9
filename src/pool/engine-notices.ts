/** What a worker prints when a program is compiled with XLA because of the engine `auto`. */
const NOTICE = /^engine auto uses xla: /;

/** Recognizes which engine workers use. Every worker says it for itself, but users should read it once per run. */
export class EngineNotices {
  readonly #seen = new Set<string>();

  /** Returns whether a worker's line is a notice, and whether another worker has printed it before. */
  classify(line: string): 'new' | 'repeated' | 'other' {
    if (!NOTICE.test(line)) return 'other';
    if (this.#seen.has(line)) return 'repeated';
    this.#seen.add(line);
    return 'new';
  }
}
