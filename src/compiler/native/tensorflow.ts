import './restore-util.js';
import { createRequire } from 'node:module';

/** See `scripts/setup/layout.mjs`. */
const TENSORFLOW_FOLDER = new URL('../../../../tfjs/', import.meta.url);

/**
 * The only import of tfjs-node. Every other module imports `tf` from here, so that the functions that newer versions of Node lack are
 * restored before tfjs-node is loaded. `require` loads it faster than `import`, which first parses all of its modules for their exports.
 */
export const tf = createRequire(TENSORFLOW_FOLDER)(
  '@tensorflow/tfjs-node',
) as typeof import('@tensorflow/tfjs-node');
