/**
 * C functions that few programs use, by name. A program gets those that it mentions and those that they mention; others would only
 * take time to compile.
 */
const FUNCTIONS: Readonly<Record<string, string>> = {
  /* tanh: Eigen's rational approximation on [-7.9, 7.9]. */
  vs_tanh: `
template <class F> INLINE F vs_tanh(F x) {
  F c = x < -7.90531110763549805f ? -7.90531110763549805f - F{} : x > 7.90531110763549805f ? 7.90531110763549805f - F{} : x;
  F z = c * c;
  F p = fma(-2.76076847742355e-16f - F{}, z, 2.00018790482477e-13f);
  p = fma(p, z, -8.60467152213735e-11f);
  p = fma(p, z, 5.12229709037114e-08f);
  p = fma(p, z, 1.48572235717979e-05f);
  p = fma(p, z, 6.37261928875436e-04f);
  p = fma(p, z, 4.89352455891786e-03f);
  F q = fma(1.19825839466702e-06f - F{}, z, 1.18534705686654e-04f);
  q = fma(q, z, 2.26843463243900e-03f);
  q = fma(q, z, 4.89352518554385e-03f);
  F small = x < 0.0f ? -x : x;
  return small < 0.0004f ? x : c * p / q;
}`,
  /* erf: Eigen's rational approximation on [-4, 4]. */
  vs_erf: `
template <class F> INLINE F vs_erf(F x) {
  F c = x < -4.0f ? -4.0f - F{} : x > 4.0f ? 4.0f - F{} : x;
  F z = c * c;
  F p = fma(-2.72614225801306e-10f - F{}, z, 2.77068142495902e-08f);
  p = fma(p, z, -2.10102402082508e-06f);
  p = fma(p, z, -5.69250639462346e-05f);
  p = fma(p, z, -7.34990630326855e-04f);
  p = fma(p, z, -2.95459980854025e-03f);
  p = fma(p, z, -1.60960333262415e-02f);
  F q = fma(-1.45660718464996e-05f - F{}, z, -2.13374055278905e-04f);
  q = fma(q, z, -1.68282697438203e-03f);
  q = fma(q, z, -7.37332916720468e-03f);
  q = fma(q, z, -1.42647390514189e-02f);
  return c * p / q;
}`,
  /* e^x - 1 and log(1 + x), corrected for the rounding of 1 + x as Kahan does. */
  vs_expm1: `
template <class F> INLINE F vs_expm1(F x) {
  F u = vs_exp(x);
  F d = u - 1.0f;
  F near = d * x / vs_log(u);
  return u == 1.0f ? x : (d == -1.0f) | (u == __builtin_inff()) ? d : near;
}`,
  vs_log1p: `
template <class F> INLINE F vs_log1p(F x) {
  F u = 1.0f + x;
  F near = vs_log(u) * (x / (u - 1.0f));
  return u == 1.0f ? x : u == __builtin_inff() ? u : near;
}`,
  vs_softplus: `
template <class F> INLINE F vs_softplus(F x) {
  F positive = x < 0.0f ? F{} : x;
  return positive + vs_log1p(vs_exp(-(x < 0.0f ? -x : x)));
}`,
  vs_abs: `
template <class F> INLINE F vs_abs(F x) { typedef typename Of<F>::I I; return (F)((I)x & 0x7fffffff); }`,
  vs_floor: byLane('floor', '__builtin_floorf(a[i])'),
  vs_round: byLane('round', '__builtin_rintf(a[i])'),
  vs_sin: byLane('sin', '(float)__builtin_sin((double)a[i])'),
  vs_cos: byLane('cos', '(float)__builtin_cos((double)a[i])'),
  vs_tan: byLane('tan', '(float)__builtin_tan((double)a[i])'),
  /* a modulo b, with the sign of b. */
  vs_mod: `
template <class F> INLINE F vs_mod(F a, F b) {
  for (unsigned i = 0; i < sizeof(F) / 4; i++) {
    float r = __builtin_fmodf(a[i], b[i]);
    a[i] = r != 0.0f && (r < 0.0f) != (b[i] < 0.0f) ? r + b[i] : r;
  }
  return a;
}`,
  vs_atan: byLane('atan', '(float)__builtin_atan((double)a[i])'),
  vs_asin: byLane('asin', '(float)__builtin_asin((double)a[i])'),
  vs_acos: byLane('acos', '(float)__builtin_acos((double)a[i])'),
  vs_sinh: byLane('sinh', '(float)__builtin_sinh((double)a[i])'),
  vs_cosh: byLane('cosh', '(float)__builtin_cosh((double)a[i])'),
  vs_cumsum: `
INLINE void vs_cumsum(const float *__restrict x, int m, int n, float *__restrict out) {
  for (int i = 0; i < m; i++) { float s = 0.0f; for (int j = 0; j < n; j++) out[i * n + j] = s += x[i * n + j]; }
}`,
  vs_scatter: `
INLINE void vs_scatter(const float *__restrict x, const float *__restrict indices, float *__restrict out, int count, int m, int n) {
  memset(out, 0, 4 * m * n);
  for (int i = 0; i < count; i++) {
    int row; memcpy(&row, indices + i, 4);
    if (row >= 0 && row < m) for (int j = 0; j < n; j++) out[row * n + j] += x[i * n + j];
  }
}`,
  vs_windows: `
struct vs_window { int size, stride, dilation, before, count; };

/* Calls f(window, image, n) for each run of n numbers that are adjacent in a window and in an image, with their first indices there. The
   image is -1 for those outside. The images are [images][h][w][c]. */
template <class Function>
INLINE void vs_windows(int images, int h, int w, int c, vs_window down, vs_window across, Function f) {
  int at = 0;
  for (int image = 0; image < images; image++)
    for (int y = 0; y < down.count; y++)
      for (int x = 0; x < across.count; x++)
        for (int i = 0; i < down.size; i++) {
          const int row = y * down.stride + i * down.dilation - down.before;
          const int column = x * across.stride - across.before;
          const int start = (image * h + row) * w;
          if (across.dilation == 1 && row >= 0 && row < h && column >= 0 && column + across.size <= w) {
            f(at, (start + column) * c, across.size * c);
            at += across.size * c;
          } else for (int j = 0; j < across.size; j++, at += c) {
            const int k = column + j * across.dilation;
            f(at, row >= 0 && row < h && k >= 0 && k < w ? (start + k) * c : -1, c);
          }
        }
}`,
  vs_unfold: `
INLINE void vs_unfold(const float *__restrict x, float *__restrict out, int images, int h, int w, int c, vs_window down, vs_window across) {
  vs_windows(images, h, w, c, down, across, [=](int to, int from, int n) __attribute__((always_inline)) {
    if (from < 0) memset(out + to, 0, 4 * n); else memcpy(out + to, x + from, 4 * n);
  });
}`,
  vs_fold: `
INLINE void vs_fold(const float *__restrict x, float *__restrict out, int images, int h, int w, int c, vs_window down, vs_window across) {
  memset(out, 0, 4 * images * h * w * c);
  vs_windows(images, h, w, c, down, across, [=](int from, int to, int n) __attribute__((always_inline)) {
    if (to >= 0) for (int k = 0; k < n; k++) out[to + k] += x[from + k];
  });
}`,
  vs_max: byRow('max', 'float s = row[0]', 's = (row[j] > s) | (row[j] != row[j]) ? row[j] : s'),
  vs_min: byRow('min', 'float s = row[0]', 's = (row[j] < s) | (row[j] != row[j]) ? row[j] : s'),
  vs_prod: byRow('prod', 'float s = row[0]', 's *= row[j]'),
  vs_argmax: byRow('argmax', 'int s = 0', 's = row[j] > row[s] ? j : s'),
  vs_argmin: byRow('argmin', 'int s = 0', 's = row[j] < row[s] ? j : s'),
};

/** Returns the functions that a program needs, each after those that it mentions. */
export function functionsFor(program: string): string {
  const needed = new Set<string>();
  const visit = (text: string): void => {
    for (const [name, definition] of Object.entries(FUNCTIONS)) {
      if (needed.has(name) || definition === text || !text.includes(`${name}(`)) continue;
      visit(definition);
      needed.add(name);
    }
  };
  visit(program);
  return [...needed].map((name) => `${FUNCTIONS[name] ?? ''}\n`).join('');
}

/** A function of vectors that is computed for one lane after another. */
function byLane(name: string, value: string): string {
  return `
template <class F> INLINE F vs_${name}(F a) { for (unsigned i = 0; i < sizeof(F) / 4; i++) a[i] = ${value}; return a; }`;
}

/** A function of the m rows of a matrix with n columns each. */
function byRow(name: string, start: string, next: string): string {
  return `
INLINE void vs_${name}(const float *__restrict x, int m, int n, float *__restrict out) {
  for (int i = 0; i < m; i++) {
    const float *row = x + i * n;
    ${start};
    for (int j = 1; j < n; j++) ${next};
    memcpy(out + i, &s, 4);
  }
}`;
}
