import { fileURLToPath } from 'node:url';
import type { Engine } from '../src/compiler/engine.js';
import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { LineChild } from './line-child.js';
import type { EngineVariant } from './shapes.js';

const SERVER = fileURLToPath(new URL('engine-server.js', import.meta.url));

/** Starts a process that measures one of this project's engines. */
export async function startEngine(
  engine: Engine,
  core: number | null,
  variant: EngineVariant = 'eq3',
): Promise<LineChild> {
  setNativeEnvironment();
  return LineChild.start(`the ${engine} engine`, [process.execPath, SERVER, engine, variant], core);
}
