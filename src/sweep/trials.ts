import { InputError } from '../errors.js';
import { problemsOf, throwProblems } from '../input/problems.js';
import { objectSource } from '../input/object-source.js';
import { proposeBatch, type Trial as Told } from '../search/tpe.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import type { Task } from '../task/task.js';
import { canonicalPoints } from './draws.js';
import { allowedKeys, cellSchema } from './file-schema.js';
import { expandSweep, type PreparedSweep } from './load.js';
import { override } from './override.js';
import type { SweepDefinition } from './sweep-file.js';

/** A point of the sweep's `space` that a session proposes. */
export interface Trial {
  /** Number of the trial, from 1. */
  readonly number: number;
  /** The proposed values by setting. A setting whose `when` does not hold is absent. */
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** Cells that a program adds to a sweep one after the other, and the trials that it asks for. */
export class Trials {
  readonly #prepared: PreparedSweep;
  readonly #definition: SweepDefinition;
  /** The trials in the order in which they were proposed. The loss of a trial without a result is null. */
  readonly #asked = new Map<Trial, { readonly values: SettingValues; loss: number | null }>();

  /** @throws InputError if the sweep has several experiments or lists or decides on its tasks itself */
  constructor(prepared: PreparedSweep) {
    const [definition, second] = prepared.definitions;
    if (definition === undefined || second !== undefined)
      throw new InputError(`${prepared.file}: expected a sweep of one experiment, not a list of sweeps`);
    if (definition.halving !== null)
      throw new InputError(
        `${prepared.file}: a sweep with \`halving\` decides on its tasks itself: use runSweep`,
      );
    const { sample } = definition;
    if (sample !== null && sample.method !== 'tpe')
      throw new InputError(
        `${prepared.file}: a sweep with \`sample\` of the method ${sample.method} lists its tasks itself: use runSweep`,
      );
    this.#prepared = prepared;
    this.#definition = definition;
  }

  /** Returns the tasks of a cell: these values, with all combinations of the sweep's other settings. @throws InputError if one is invalid */
  tasksOf(cell: object): readonly Task[] {
    const values = this.#asked.has(cell as Trial) ? this.#canonical(cell as Trial) : this.#parse(cell);
    const base = { ...this.#definition, space: [], sample: null };
    const assigned = new Map(Object.entries(values).map(([name, value]) => [name, [value]]));
    return expandSweep({ ...this.#prepared, definitions: [override(base, assigned)] }, () => null).tasks;
  }

  /** Proposes points by TPE. Trials without a result count as failed, so that a point is not proposed twice. */
  ask(count: number): Trial[] {
    const { sample, space } = this.#definition;
    if (sample?.method !== 'tpe')
      throw new InputError(
        `${this.#prepared.file}: \`ask\` requires \`space\`, and \`sample\` with the method tpe`,
      );
    if (!Number.isSafeInteger(count) || count < 1)
      throw new InputError(`ask: expected a number of trials from 1, got ${count}`);
    const told: Told[] = [...this.#asked.values()];
    return proposeBatch(space, { seed: sample.seed, batchSize: count }, told).map((values) => {
      const trial = { number: this.#asked.size + 1, settings: values };
      this.#asked.set(trial, { values, loss: null });
      return trial;
    });
  }

  /** @param value the result to optimize; null if the trial failed */
  tell(trial: Trial, value: number | null): void {
    const asked = this.#asked.get(trial);
    const { sample } = this.#definition;
    if (asked === undefined || sample?.method !== 'tpe')
      throw new InputError('tell: expected a trial that `ask` of this session returned');
    asked.loss = value === null || sample.goal === 'min' ? value : -value;
  }

  #canonical({ settings }: Trial): SettingValues {
    return canonicalPoints(this.#definition, [settings])[0] ?? {};
  }

  #parse(cell: object): SettingValues {
    const { experiment, name } = this.#definition;
    const source = { ...objectSource(cell, name), file: name };
    const result = cellSchema(experiment).safeParse(source.value);
    if (result.success) return result.data;
    throwProblems(
      source,
      problemsOf(result.error, source.value, () => allowedKeys(['settings'], experiment)),
    );
    throw result.error;
  }
}
