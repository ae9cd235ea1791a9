import { fileURLToPath } from 'node:url';
import type { TrainingSettings } from '../src/sweep/task.js';
import { setNativeEnvironment } from '../src/native/environment.js';
import { LineChild } from './line-child.js';
import type { EngineVariant } from './shapes.js';

const SERVER = fileURLToPath(new URL('engine-server.js', import.meta.url));

/** A process that measures one of this project's engines. */
export async function startEngine(
  engine: TrainingSettings['engine'],
  core: number | null,
  variant: EngineVariant = 'eq3',
): Promise<LineChild> {
  setNativeEnvironment();
  return LineChild.start(`the ${engine} engine`, [process.execPath, SERVER, engine, variant], core);
}
