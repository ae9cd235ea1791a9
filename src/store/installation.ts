import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { readJsonFile } from './files.js';

const installationSchema = z.object({
  /** The version of the TensorFlow library, for example `2.21.0`. */
  version: z.string(),
  /** Where the library came from, for example `tensorflow-cpu wheel 2.21.0`. */
  source: z.string(),
});

/** The folder into which the set-up of an installed package installs tfjs-node. In a clone, tfjs-node is in a folder above it. */
const TENSORFLOW_FOLDER = new URL('../../../tfjs/', import.meta.url);

export type Installation = z.infer<typeof installationSchema>;

/**
 * Reads the record that `vae-sweep setup` wrote next to the TensorFlow library, without loading TensorFlow.
 * @throws an InputError if TensorFlow is not installed
 */
export function installedTensorFlow(): Installation {
  const record = readJsonFile(recordFile(), installationSchema);
  if (record.found) return record.value;
  const why = record.problem === null ? '' : ` (${record.problem})`;
  throw new InputError(`TensorFlow is not installed here${why}: run \`npx vae-sweep setup\``);
}

function recordFile(): string {
  try {
    const manifest = createRequire(TENSORFLOW_FOLDER).resolve('@tensorflow/tfjs-node/package.json');
    return path.join(path.dirname(manifest), 'deps', 'vae-sweep.json');
  } catch (error) {
    throw new InputError('tfjs-node is not installed here: run `npx vae-sweep setup`', { cause: error });
  }
}
