const VECTOR_WIDTH = '--xla_cpu_prefer_vector_width=512';

/**
 * Sets the environment variables that native TensorFlow reads once, with getenv, when the first thread loads it. Call this in the main
 * thread before any worker thread exists: the `env` of a worker thread never reaches native code.
 *
 * Operations run in one thread, and each session has its own pool. Since TensorFlow 2.18, XLA sends its matrix products to the pool
 * that all workers would otherwise share, which made two simultaneous loops take twice as long each. The inter-op value -1 runs
 * operations in the calling thread; 1 would make all workers share one thread.
 *
 * By default XLA uses 256-bit vectors even on CPUs with 512-bit vectors. The kernels of a step are short loops that benefit from the
 * wider ones. The width changes how sums are rounded, so it is part of the numerics version. Flags that the user sets come first.
 */
export function setNativeEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  environment['TF_NUM_INTRAOP_THREADS'] = '1';
  environment['TF_NUM_INTEROP_THREADS'] = '-1';
  environment['TF_OVERRIDE_GLOBAL_THREADPOOL'] = '1';
  environment['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const { XLA_FLAGS = '' } = environment;
  if (!XLA_FLAGS.includes(VECTOR_WIDTH)) environment['XLA_FLAGS'] = `${XLA_FLAGS} ${VECTOR_WIDTH}`.trim();
}
