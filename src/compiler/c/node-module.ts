/** Keeps a function separate, so that it compiles fast and a profiler shows its name. */
export const NO_INLINE = 'static __attribute__((noinline))';

/**
 * Ends a function that writes to the workspace. GCC 12 mistakes some functions that only write parts of vectors with memcpy for
 * functions without side effects, and removes calls to them (`-fipa-modref`, `-fipa-pure-const`).
 */
export const HAS_EFFECTS = '__asm__ volatile("" ::: "memory");';

/** The parameters of a function that multiplies matrices. */
export const PRODUCT_PARAMETERS = 'const float *__restrict a, const float *__restrict b, float *__restrict c';

/**
 * The C of a Node module with two functions: `run(workspace, count)` calls the C function `run`, and `padding(workspace)` returns the number
 * of bytes before the first cache line boundary.
 */
export const MODULE = `
static float *workspace(napi_env env, napi_value buffer, size_t *padding) {
  void *data; size_t bytes;
  napi_get_arraybuffer_info(env, buffer, &data, &bytes);
  *padding = (64 - (size_t)data % 64) % 64;
  return (float *)((char *)data + *padding);
}

static napi_value padding_js(napi_env env, napi_callback_info info) {
  size_t count = 1, padding; napi_value arguments[1], result;
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  workspace(env, arguments[0], &padding);
  napi_create_uint32(env, (unsigned)padding, &result);
  return result;
}

static napi_value run_js(napi_env env, napi_callback_info info) {
  size_t count = 2, padding; napi_value arguments[2]; int steps;
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  napi_get_value_int32(env, arguments[1], &steps);
  run(workspace(env, arguments[0], &padding), steps);
  return 0;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, 0, 0, run_js, 0, &function);
  napi_set_named_property(env, exports, "run", function);
  napi_create_function(env, 0, 0, padding_js, 0, &function);
  napi_set_named_property(env, exports, "padding", function);
  return exports;
}
`;
