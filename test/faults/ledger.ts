import type { TaskState } from '../../src/store/task-folder.js';

/** The possible values of each component of a task's state. After a function of the store has returned, there is only one value. */
interface Expectation {
  /** For example `new` or `interrupted 6`. */
  progress: Set<string>;
  failed: Set<boolean>;
  done: Set<boolean>;
  corrupt: Set<boolean>;
}

type Part = keyof Expectation;
type ValueOf<P extends Part> = Expectation[P] extends Set<infer Value> ? Value : never;

/** Records the allowed states of tasks: the current state, and during a change also the new one. */
export class Ledger {
  readonly #tasks = new Map<string, Expectation>();

  /** Records that a change has begun, so that both states are allowed. */
  begin<P extends Part>(task: string, part: P, value: ValueOf<P>): void {
    (this.#of(task)[part] as Set<ValueOf<P>>).add(value);
  }

  /** Records that a change is complete and durable. */
  settle<P extends Part>(task: string, part: P, value: ValueOf<P>): void {
    const values = this.#of(task)[part] as Set<ValueOf<P>>;
    values.clear();
    values.add(value);
  }

  copy(): Ledger {
    const copy = new Ledger();
    for (const [task, parts] of this.#tasks) copy.#tasks.set(task, structuredClone(parts));
    return copy;
  }

  /** Returns null if the task may have this state, or a description of the problem. */
  problem(task: string, state: TaskState): string | null {
    const found = describeState(state);
    const { progress, failed, done, corrupt } = this.#of(task);
    const allowed = new Set<string>();
    if (done.has(true)) allowed.add('done');
    if (done.has(false) && corrupt.has(true)) allowed.add('corrupt');
    if (done.has(false) && corrupt.has(false) && failed.has(true)) allowed.add('failed');
    if (done.has(false) && corrupt.has(false) && failed.has(false))
      progress.forEach((step) => allowed.add(step));
    if (allowed.has(state.state === 'corrupt' ? 'corrupt' : found)) return null;
    return `${task} is ${found}, not ${[...allowed].join(' or ')}`;
  }

  #of(task: string): Expectation {
    const known = this.#tasks.get(task) ?? {
      progress: new Set(['new']),
      failed: new Set([false]),
      done: new Set([false]),
      corrupt: new Set([false]),
    };
    this.#tasks.set(task, known);
    return known;
  }
}

function describeState(state: TaskState): string {
  if (state.state === 'interrupted') return `interrupted ${state.step}`;
  return state.state === 'corrupt' ? `corrupt (${state.problem})` : state.state;
}
