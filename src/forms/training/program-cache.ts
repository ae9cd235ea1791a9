import { makeLoop } from '../../compiler/engines.js';
import type { Loop, LoopShapes } from '../../compiler/loop.js';
import type { LoopProgram, TrainedSettings, TrainingDefinition } from './definition.js';

/** Maximum number of steps in one native call of the training loop. Results do not depend on it. */
export const MAX_CHUNK_STEPS = 1_000;

/** Maximum number of compiled programs that a worker keeps. */
const MAX_PROGRAMS = 2;

export interface CompiledProgram<Program extends LoopProgram> {
  readonly program: Program;
  /** The loop of training steps. */
  readonly loop: Loop;
  /** All loops, which the program's evaluations may have as well. */
  readonly loops: readonly Loop[];
}

/** A least-recently-used cache of the compiled programs of one worker. */
export class ProgramCache<Own extends TrainedSettings, Program extends LoopProgram> {
  readonly definition: TrainingDefinition<Own, Program>;
  readonly #programs = new Map<string, CompiledProgram<Program>>();

  constructor(definition: TrainingDefinition<Own, Program>) {
    this.definition = definition;
  }

  /** Returns the program for the settings' key. Records it on the first call; its loops are compiled when they first run. */
  get(settings: Own): CompiledProgram<Program> {
    const key = this.definition.programKey(settings);
    const known = this.#programs.get(key);
    if (known === undefined) this.#evict();
    const compiled = known ?? this.#compile(settings);
    this.#programs.delete(key);
    this.#programs.set(key, compiled);
    return compiled;
  }

  #compile(settings: Own): CompiledProgram<Program> {
    const loops: Loop[] = [];
    const program = this.definition.program(settings, (...loop) => {
      const made = makeLoop(...loop, 'first call');
      loops.push(made);
      return made;
    });
    const loop = makeLoop(program.engine, program.body, shapesOf(program), MAX_CHUNK_STEPS, 'first call');
    return { program, loop, loops: [loop, ...loops] };
  }

  /** Evicts programs before another is compiled, because compilation is when a worker needs the most memory. */
  #evict(): void {
    for (const [key, { loops }] of this.#programs) {
      if (this.#programs.size < MAX_PROGRAMS) return;
      for (const loop of loops) loop.dispose();
      this.#programs.delete(key);
    }
  }
}

/** Returns the types and shapes of a program's state and inputs. */
export function shapesOf({ state, inputs }: LoopProgram): LoopShapes {
  return { state: Object.values(state).map((shape) => ({ dtype: 'float32', shape })), inputs };
}
