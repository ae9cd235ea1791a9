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
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json');
    return path.join(path.dirname(manifest), 'deps', 'vae-sweep.json');
  } catch (error) {
    throw new InputError('the npm packages are not installed here: run `npm run setup`', { cause: error });
  }
}
