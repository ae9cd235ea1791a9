const VECTOR_WIDTH = '--xla_cpu_prefer_vector_width=512';

/**
 * Sets what native TensorFlow reads once, with getenv, when the first thread loads it. Call it in the main thread before any
 * worker exists: a worker's own `env` never reaches native code.
 *
 * One thread for a run's operations and a pool of its own for each session: from TensorFlow 2.18 on XLA sends its matrix products
 * to the pool that all workers would share, and two loops at a time then took twice as long each. -1 runs operations in the
 * calling thread, where 1 would make all workers share one.
 *
 * XLA prefers vectors of 256 bits where the CPU has 512; the steps' kernels are short loops, which gain by the wider ones. The width
 * decides how sums are rounded, so it is part of the numerics version, and a user's own flags come before it.
 */
export function setNativeEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  environment['TF_NUM_INTRAOP_THREADS'] = '1';
  environment['TF_NUM_INTEROP_THREADS'] = '-1';
  environment['TF_OVERRIDE_GLOBAL_THREADPOOL'] = '1';
  environment['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const { XLA_FLAGS = '' } = environment;
  if (!XLA_FLAGS.includes(VECTOR_WIDTH)) environment['XLA_FLAGS'] = `${XLA_FLAGS} ${VECTOR_WIDTH}`.trim();
}
