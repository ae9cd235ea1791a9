import { setNativeEnvironment } from '../src/compiler/native/environment.js';

/** Entry of the process in which `vae-sweep doctor` tries TensorFlow: a library that does not suit the CPU ends it, not the doctor. */
setNativeEnvironment();
const { diagnose } = await import('../src/compiler/diagnosis.js');
process.stdout.write(JSON.stringify(diagnose(() => performance.now())));
