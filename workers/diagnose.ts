import { setNativeEnvironment } from '../src/compiler/native/environment.js';

/**
 * Entry point of the process in which `vae-sweep doctor` tests TensorFlow. A library that the CPU does not support crashes this
 * process, not the doctor. Prints a `Diagnosis` as JSON to standard output.
 */
setNativeEnvironment();
const { diagnose } = await import('../src/compiler/diagnosis.js');
process.stdout.write(JSON.stringify(diagnose(() => performance.now())));
