import fc from 'fast-check';
import { SEED } from './seed.js';

// By default, fast-check draws its seed from the clock. It prints the seed of a failure.
fc.configureGlobal({ seed: SEED });

export { fc };
