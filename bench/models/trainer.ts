import type { Tensor } from '@tensorflow/tfjs-node';
import { compile, key, tf, type Loop } from '../../src/compiler/index.js';
import type { BenchmarkModel } from './model.js';
import { checkNoise, rowsOf, startParameters, trainingLoop } from './training.js';

/** A compiled model and its state between calls. */
export class Trainer {
  readonly #model: BenchmarkModel;
  readonly #steps: number;
  readonly #loop: Loop;
  readonly #dataset: readonly Tensor[];
  readonly #noise: Tensor;
  #state: readonly Tensor[];
  #next = 1;

  constructor(model: BenchmarkModel, steps: number, noise: 'drawn' | 'given') {
    this.#model = model;
    this.#steps = steps;
    this.#dataset = model.dataset();
    this.#noise = noise === 'drawn' ? key(4) : checkNoise(model);
    const parameters = Object.values(startParameters(model));
    const zeros = () => parameters.map((tensor) => tf.zerosLike(tensor));
    this.#state = [...parameters, ...zeros(), ...zeros()];
    this.#loop = compile(trainingLoop(model, noise), {
      state: this.#state,
      inputs: [...this.#dataset, ...this.#placeOf(1), this.#noise],
      maxSteps: steps,
      engine: 'c',
    });
  }

  /** Makes one call, from the state of the previous one. @returns the loss of each step */
  call(): Float32Array {
    const [order, first] = this.#placeOf(this.#next);
    const inputs = [...this.#dataset, order, first, this.#noise];
    const { state, metrics } = this.#loop.run(this.#state, inputs, this.#next, this.#steps);
    tf.dispose([...this.#state, order, first]);
    this.#state = state;
    this.#next += this.#steps;
    return metrics;
  }

  /** Returns the rows of the data set that each step of a call takes, and the number of the first step. */
  #placeOf(first: number): [Tensor, Tensor] {
    return [rowsOf(this.#model, first, this.#steps), tf.scalar(first, 'int32')];
  }
}
