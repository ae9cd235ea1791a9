import { splitWords, type Words } from '../../../../compiler/random/words.js';

/** When the authors' code consumes keys in addition to those of the training batches. Steps t count from 0. */
export interface ReleasedSchedule {
  /** Whether a score draws its own batch in addition to the real points, and so consumes a second data key. */
  readonly drawsScoreBatch: boolean;
  /** Steps between two plots; null if only t = 0 is plotted. */
  readonly plotEverySteps: number | null;
  /** Whether the last step is plotted too. */
  readonly plotsLastStep: boolean;
  /** Number of data keys that a plot consumes. */
  readonly dataKeysPerPlot: 0 | 1;
}

/** The keys of one training step. */
export interface StepKeys {
  readonly batch: Words;
  readonly noise: Words;
}

/** The keys of one evaluation. */
export interface ScoreKeys {
  readonly points: Words;
  readonly noise: Words;
  /** The key of the score's own batch; used only if the schedule sets `drawsScoreBatch`. */
  readonly scorePoints: Words;
}

interface Position {
  /** Number of steps before this position. */
  readonly t: number;
  readonly data: Words;
  readonly model: Words;
}

/**
 * The two key chains of the authors' released code: `(k, chain) = split(chain)` for the model and `(chain, k) = split(chain)` for the
 * data. Every key is a function of (seeds, t). The chains are followed from their start, and the last position is cached.
 */
export class ReleasedChains {
  readonly #schedule: ReleasedSchedule;
  readonly #steps: number;
  readonly #evaluateEverySteps: number;
  readonly #start: Position;
  #position: Position;

  /**
   * @param chains the chain of model keys after the parameters were initialized, and the chain of data keys after the parameters of
   *   the data were drawn
   */
  constructor(
    schedule: ReleasedSchedule,
    { steps, evaluateEverySteps }: { readonly steps: number; readonly evaluateEverySteps: number },
    chains: { readonly model: Words; readonly data: Words },
  ) {
    this.#schedule = schedule;
    this.#steps = steps;
    this.#evaluateEverySteps = evaluateEverySteps;
    // The authors' code scores one batch of real points before training.
    this.#start = {
      t: 0,
      data: skipData(chains.data, dataKeysPerScore(schedule)),
      model: splitWords(chains.model)[1],
    };
    this.#position = this.#start;
  }

  /** Returns the keys of the training steps t, t + 1, ..., t + count - 1. */
  steps(t: number, count: number): StepKeys[] {
    this.#moveTo(t);
    return Array.from({ length: count }, () => this.#advance());
  }

  /** Returns the keys of the evaluation after t steps. The chains do not advance; the training step t does that. */
  score(t: number): ScoreKeys {
    this.#moveTo(t);
    const { data, model } = this.#position;
    const [afterPoints, points] = splitWords(data);
    return { points, scorePoints: splitWords(afterPoints)[1], noise: splitWords(model)[0] };
  }

  #moveTo(t: number): void {
    if (t < this.#position.t) this.#position = this.#start;
    while (this.#position.t < t) this.#advance();
  }

  /** Consumes the keys of one iteration of the training loop: those of its evaluation, its plot and its batch. */
  #advance(): StepKeys {
    const { t } = this.#position;
    let { data, model } = this.#position;
    if (t % this.#evaluateEverySteps === 0) {
      model = splitWords(model)[1];
      data = skipData(data, dataKeysPerScore(this.#schedule));
    }
    if (this.#isPlotted(t)) {
      model = splitWords(model)[1];
      data = skipData(data, this.#schedule.dataKeysPerPlot);
    }
    const [nextData, batch] = splitWords(data);
    const [noise, nextModel] = splitWords(model);
    this.#position = { t: t + 1, data: nextData, model: nextModel };
    return { batch, noise };
  }

  #isPlotted(t: number): boolean {
    const { plotEverySteps, plotsLastStep } = this.#schedule;
    const isLast = plotsLastStep && t === this.#steps - 1;
    return isLast || (plotEverySteps === null ? t === 0 : t % plotEverySteps === 0);
  }
}

function dataKeysPerScore({ drawsScoreBatch }: ReleasedSchedule): number {
  return drawsScoreBatch ? 2 : 1;
}

function skipData(chain: Words, keys: number): Words {
  let next = chain;
  for (let key = 0; key < keys; key++) next = splitWords(next)[0];
  return next;
}
