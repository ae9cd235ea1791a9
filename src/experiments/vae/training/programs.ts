import { compileAheadToC } from '../../../compiler/c/compile.js';
import { makeLoop } from '../../../compiler/engines.js';
import type { Loop } from '../../../compiler/loop.js';
import { ENGINE_NAMES } from '../settings/engine-names.js';
import type { TrainingSettings } from '../../../task/task.js';
import { derivedTraining } from '../settings/training-settings.js';
import { buildModel, type Model } from '../model/model.js';
import { evaluationLoop } from './evaluation-draws.js';
import { randomStreams } from './random-streams/registry.js';
import { MAX_CHUNK_STEPS, type RandomStreams } from './random-streams/streams.js';
import { stepShapes, trainingStep } from './step.js';

/** Compiled programs that a worker keeps, at most. */
const MAX_PROGRAMS = 2;

export interface Program {
  readonly model: Model;
  readonly streams: RandomStreams;
  readonly loop: Loop;
  /** Draws what an evaluation needs, in one step. */
  readonly evaluationLoop: Loop;
}

/** The programs of one worker, by shape, the one used longest ago first. */
export class Programs {
  readonly #programs = new Map<string, Program>();

  /** The program of the settings' shape, compiled at the first call. */
  get(settings: TrainingSettings): Program {
    const shape = `${settings.experiment} ${derivedTraining.programKey(settings)}`;
    const known = this.#programs.get(shape);
    if (known === undefined) this.#makeRoom();
    const program = known ?? makeProgram(settings);
    this.#programs.delete(shape);
    this.#programs.set(shape, program);
    return program;
  }

  /** Before another is compiled, which is when a worker needs its most memory. */
  #makeRoom(): void {
    for (const [shape, { loop, evaluationLoop }] of this.#programs) {
      if (this.#programs.size < MAX_PROGRAMS) return;
      loop.dispose();
      evaluationLoop.dispose();
      this.#programs.delete(shape);
    }
  }
}

/** Begins to compile what a task will need, where that goes on beside this thread. */
export async function compileAhead(settings: TrainingSettings): Promise<void> {
  if (settings.engine !== 'c') return;
  const model = buildModel(settings);
  const streams = randomStreams(model, settings);
  const draws = evaluationLoop(streams);
  await Promise.all([
    compileAheadToC(trainingStep(model, streams), stepShapes(model, streams), MAX_CHUNK_STEPS),
    compileAheadToC(draws.body, draws.shapes, 1),
  ]);
}

function makeProgram(settings: TrainingSettings): Program {
  const model = buildModel(settings);
  const streams = randomStreams(model, settings);
  const body = trainingStep(model, streams);
  const loop = makeLoop(ENGINE_NAMES[settings.engine], body, stepShapes(model, streams), MAX_CHUNK_STEPS);
  const draws = evaluationLoop(streams);
  // With XLA another session for each program would cost more memory than it saves time.
  const drawEngine = settings.engine === 'c' ? 'c' : 'eager';
  return { model, streams, loop, evaluationLoop: makeLoop(drawEngine, draws.body, draws.shapes, 1) };
}
