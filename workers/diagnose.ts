import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { resolveSettings } from '../src/experiments/vae/settings/training-experiment.js';

/** Entry of the process in which `vae-sweep doctor` tries TensorFlow: a library that does not suit the CPU ends it, not the doctor. */
setNativeEnvironment();
const { diagnose } = await import('../src/experiments/vae/training/diagnosis.js');
const settings = resolveSettings('linear', { dimensions: [2, 4, 3], seed: 2, batchSize: 20 });
process.stdout.write(JSON.stringify(diagnose(settings, () => performance.now())));
