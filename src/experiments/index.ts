import { registerExperiments } from '../task/registry.js';
import { theoryFamily } from './theory/family.js';
import { vaeFamily } from './vae/family.js';

/** Makes the experiments known to the engine. The entries import this, and nothing else of this folder. */
registerExperiments([vaeFamily, theoryFamily]);
