/**
 * Returns the exponential moving average of the values, without the bias towards 0 of its first values, as TensorBoard computes it:
 * `s_n = w * s_(n-1) + (1 - w) * x_n` with `s_0 = 0`, divided by `1 - w^n`. Values that are null stay null and do not count.
 * @param weight w, from 0 for no smoothing to less than 1
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let last = 0;
  let count = 0;
  return values.map((value) => {
    if (value === null) return null;
    last = weight * last + (1 - weight) * value;
    count += 1;
    return last / (1 - weight ** count);
  });
}
