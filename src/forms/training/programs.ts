import { makeLoop } from '../../compiler/engines.js';
import type { Loop, LoopShapes } from '../../compiler/loop.js';
import type { LoopProgram, TrainedSettings, TrainingDefinition } from './definition.js';

/** Steps of one native call of the training loop, at most. A task's bits do not depend on it. */
export const MAX_CHUNK_STEPS = 1_000;

/** Compiled programs that a worker keeps, at most. */
const MAX_PROGRAMS = 2;

export interface CompiledProgram<Program extends LoopProgram> {
  readonly program: Program;
  readonly loop: Loop;
}

/** The compiled programs of one worker, by key, the one used longest ago first. */
export class Programs<Own extends TrainedSettings, Program extends LoopProgram> {
  readonly definition: TrainingDefinition<Own, Program>;
  readonly #programs = new Map<string, CompiledProgram<Program> & { readonly loops: readonly Loop[] }>();

  constructor(definition: TrainingDefinition<Own, Program>) {
    this.definition = definition;
  }

  /** The program of the settings' key, compiled at the first call. */
  get(settings: Own): CompiledProgram<Program> {
    const key = this.definition.programKey(settings);
    const known = this.#programs.get(key);
    if (known === undefined) this.#makeRoom();
    const compiled = known ?? this.#compile(settings);
    this.#programs.delete(key);
    this.#programs.set(key, compiled);
    return compiled;
  }

  #compile(settings: Own) {
    const loops: Loop[] = [];
    const program = this.definition.program(settings, (...loop) => {
      const made = makeLoop(...loop);
      loops.push(made);
      return made;
    });
    const loop = makeLoop(program.engine, program.body, shapesOf(program), MAX_CHUNK_STEPS);
    return { program, loop, loops: [loop, ...loops] };
  }

  /** Before another is compiled, which is when a worker needs its most memory. */
  #makeRoom(): void {
    for (const [key, { loops }] of this.#programs) {
      if (this.#programs.size < MAX_PROGRAMS) return;
      for (const loop of loops) loop.dispose();
      this.#programs.delete(key);
    }
  }
}

export function shapesOf({ state, inputs }: LoopProgram): LoopShapes {
  return { state: Object.values(state).map((shape) => ({ dtype: 'float32', shape })), inputs };
}
