/**
 * C code at the start of every generated program. Nothing here depends on the CPU's vector width, and the compiler must not reorder
 * sums or contract products (`-ffp-contract=off`; the source calls `fma` explicitly), so results have the same bits on every CPU.
 */
export const PRELUDE = `
#include <node_api.h>
#include <string.h>

typedef float v1 __attribute__((vector_size(4)));
typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v16 __attribute__((vector_size(64)));
typedef v1 u1 __attribute__((aligned(4)));
typedef v4 u4 __attribute__((aligned(4)));
typedef v8 u8 __attribute__((aligned(4)));
typedef v16 u16 __attribute__((aligned(4)));
typedef int i1 __attribute__((vector_size(4)));
typedef int i4 __attribute__((vector_size(16)));
typedef int i8 __attribute__((vector_size(32)));
typedef int i16 __attribute__((vector_size(64)));
typedef i1 j1 __attribute__((aligned(4)));
typedef i4 j4 __attribute__((aligned(4)));
typedef i8 j8 __attribute__((aligned(4)));
typedef i16 j16 __attribute__((aligned(4)));
typedef unsigned n1 __attribute__((vector_size(4)));
typedef unsigned n4 __attribute__((vector_size(16)));
typedef unsigned n8 __attribute__((vector_size(32)));
typedef unsigned n16 __attribute__((vector_size(64)));

/* Of a vector type: vectors of integers and of unsigned integers of the same width. */
template <class F> struct Of;
template <> struct Of<v1> { typedef i1 I; typedef n1 N; };
template <> struct Of<v4> { typedef i4 I; typedef n4 N; };
template <> struct Of<v8> { typedef i8 I; typedef n8 N; };
template <> struct Of<v16> { typedef i16 I; typedef n16 N; };
#define INLINE static inline __attribute__((always_inline))

/* a b + c, rounded once, and the square root: vectors have no operators for them. */
template <class F> INLINE F fma_lanes(F a, F b, F c) {
  F r;
  for (unsigned i = 0; i < sizeof(F) / 4; i++) r[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return r;
}
INLINE v1 fma(v1 a, v1 b, v1 c) { return fma_lanes(a, b, c); }
INLINE v1 vs_sqrt(v1 a) { a[0] = __builtin_sqrtf(a[0]); return a; }
#if defined(__FMA__) && !defined(__clang__)
INLINE v4 fma(v4 a, v4 b, v4 c) { return __builtin_ia32_vfmaddps(a, b, c); }
INLINE v8 fma(v8 a, v8 b, v8 c) { return __builtin_ia32_vfmaddps256(a, b, c); }
INLINE v4 vs_sqrt(v4 a) { return __builtin_ia32_sqrtps(a); }
INLINE v8 vs_sqrt(v8 a) { return __builtin_ia32_sqrtps256(a); }
#else
#if defined(__aarch64__) && !defined(__clang__)
INLINE v4 fma(v4 a, v4 b, v4 c) { return __builtin_aarch64_fmav4sf(a, b, c); }
INLINE v4 vs_sqrt(v4 a) { return __builtin_aarch64_sqrtv4sf(a); }
#else
INLINE v4 fma(v4 a, v4 b, v4 c) { return fma_lanes(a, b, c); }
INLINE v4 vs_sqrt(v4 a) { for (int i = 0; i < 4; i++) a[i] = __builtin_sqrtf(a[i]); return a; }
#endif
INLINE v8 fma(v8 a, v8 b, v8 c) { return fma_lanes(a, b, c); }
INLINE v8 vs_sqrt(v8 a) { for (int i = 0; i < 8; i++) a[i] = __builtin_sqrtf(a[i]); return a; }
#endif
#if defined(__AVX512F__) && !defined(__clang__)
INLINE v16 fma(v16 a, v16 b, v16 c) { return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); }
INLINE v16 vs_sqrt(v16 a) { return __builtin_ia32_sqrtps512_mask(a, a, -1, 4); }
#else
INLINE v16 fma(v16 a, v16 b, v16 c) { return fma_lanes(a, b, c); }
INLINE v16 vs_sqrt(v16 a) { for (int i = 0; i < 16; i++) a[i] = __builtin_sqrtf(a[i]); return a; }
#endif
template <class F> INLINE F fma(F a, F b, float c) { return fma(a, b, c - F{}); }

template <class F> INLINE F vs_pow(F a, F b) {
  for (unsigned i = 0; i < sizeof(F) / 4; i++) a[i] = (float)__builtin_pow((double)a[i], (double)b[i]);
  return a;
}

/* Natural logarithm: x = m 2^e with m in [sqrt(1/2), sqrt(2)), and the polynomial of Moshier's Cephes logf. */
template <class F> INLINE F vs_log(F x) {
  typedef typename Of<F>::I I;
  I small = x < 1.17549435e-38f;
  F scaled = small ? x * 8388608.0f : x;
  I bits = (I)scaled;
  I exponent = (bits - 0x3f3504f3) >> 23;
  F f = (F)(bits - (exponent << 23)) - 1.0f;
  F e = __builtin_convertvector(exponent - (small & 23), F);
  F z = f * f;
  F p = fma(7.0376836292e-2f - F{}, f, -1.1514610310e-1f);
  p = fma(p, f, 1.1676998740e-1f);
  p = fma(p, f, -1.2420140846e-1f);
  p = fma(p, f, 1.4249322787e-1f);
  p = fma(p, f, -1.6668057665e-1f);
  p = fma(p, f, 2.0000714765e-1f);
  p = fma(p, f, -2.4999993993e-1f);
  p = fma(p, f, 3.3333331174e-1f);
  F y = p * f * z;
  y = fma(e, -2.12194440e-4f - F{}, y);
  y = fma(z, -0.5f - F{}, y);
  F r = fma(e, 0.693359375f - F{}, f + y);
  F special = x == 0.0f ? -__builtin_inff() - F{} : x > 0.0f ? x : __builtin_nanf("") - F{};
  return (x > 0.0f) & (x < __builtin_inff()) ? r : special;
}

/* Exponential: 2^n e^r with |r| <= log(2)/2, and the polynomial of Cephes expf; 2^n in two factors, for subnormal results. */
template <class F> INLINE F vs_exp(F x) {
  typedef typename Of<F>::I I;
  F c = x < -104.0f ? -104.0f - F{} : x > 89.0f ? 89.0f - F{} : x;
  F n = (c * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  F r = fma(n, -0.693359375f - F{}, c);
  r = fma(n, 2.12194440e-4f - F{}, r);
  F p = fma(1.9875691500e-4f - F{}, r, 1.3981999507e-3f);
  p = fma(p, r, 8.3334519073e-3f);
  p = fma(p, r, 4.1665795894e-2f);
  p = fma(p, r, 1.6666665459e-1f);
  p = fma(p, r, 5.0000001201e-1f);
  F y = fma(p, r * r, r) + 1.0f;
  I k = __builtin_convertvector(x == x ? n : F{}, I);
  I half = k >> 1;
  F result = y * (F)((half + 127) << 23) * (F)((k - half + 127) << 23);
  return x == x ? result : x;
}

/* Sum of n numbers: 64 running sums, then halves on halves. */
static inline __attribute__((always_inline)) float vs_sum(const float *x, int n) {
  v16 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  int i = 0;
  for (; i + 64 <= n; i += 64) {
    s0 += *(const u16 *)(x + i); s1 += *(const u16 *)(x + i + 16);
    s2 += *(const u16 *)(x + i + 32); s3 += *(const u16 *)(x + i + 48);
  }
  for (; i + 16 <= n; i += 16) s0 += *(const u16 *)(x + i);
  v16 s = (s0 + s1) + (s2 + s3);
  for (int lane = 0; i < n; i++, lane++) s[lane] += x[i];
  for (int width = 8; width > 0; width /= 2) for (int lane = 0; lane < width; lane++) s[lane] += s[lane + width];
  return s[0];
}

/* out[j] = sum over the m rows of x[i][j]: two running sums, of the even and the odd rows, for two vectors of columns at a time. */
template <int vectors> INLINE void vs_sum_rows(const float *__restrict x, int m, int n, int j, float *__restrict out) {
  v16 even[vectors] = {}, odd[vectors] = {};
  int i = 0;
  for (; i + 2 <= m; i += 2)
    for (int k = 0; k < vectors; k++) {
      even[k] += *(const u16 *)(x + i * n + j + 16 * k);
      odd[k] += *(const u16 *)(x + (i + 1) * n + j + 16 * k);
    }
  if (i < m) for (int k = 0; k < vectors; k++) even[k] += *(const u16 *)(x + i * n + j + 16 * k);
  for (int k = 0; k < vectors; k++) {
    v16 s = even[k] + odd[k];
    const int left = n - j - 16 * k;
    memcpy(out + j + 16 * k, &s, 4 * (left < 16 ? left : 16));
  }
}
INLINE void vs_sum_rows(const float *__restrict x, int m, int n, float *__restrict out) {
  int j = 0;
  for (; j + 32 <= n; j += 32) vs_sum_rows<2>(x, m, n, j, out);
  for (; j < n; j += 16) vs_sum_rows<1>(x, m, n, j, out);
}

/* out[i] = sum of the n numbers of row i, in their order. Eight rows at a time, because each sum waits for its previous addition. */
INLINE void vs_sum_columns(const float *__restrict x, int m, int n, float *__restrict out) {
  int i = 0;
  for (; i + 8 <= m; i += 8) {
    float s[8] = {0};
    for (int j = 0; j < n; j++) for (int k = 0; k < 8; k++) s[k] += x[(i + k) * n + j];
    memcpy(out + i, s, 32);
  }
  for (; i < m; i++) { float s = 0.0f; for (int j = 0; j < n; j++) s += x[i * n + j]; out[i] = s; }
}

/* Row i of out is the row of x that indices[i] names, of rows 0 to m - 1 with n cells each; other indices take the nearest row. */
INLINE void vs_gather(const float *__restrict x, const float *__restrict indices, float *__restrict out, int count, int m, int n) {
  for (int i = 0; i < count; i++) {
    int row; memcpy(&row, indices + i, 4);
    row = row < 0 ? 0 : row < m ? row : m - 1;
    memcpy(out + i * n, x + row * n, 4 * n);
  }
}

/* out [n][m] = x [m][n] with rows stride and size apart, in blocks of four by four. */
INLINE void vs_transpose4(const float *__restrict x, int m, int n, int stride, float *__restrict out, int size) {
  int i = 0;
  for (; i + 4 <= m; i += 4) {
    int j = 0;
    for (; j + 4 <= n; j += 4) {
      const float *p = x + i * stride + j;
      v4 a = *(const u4 *)p, b = *(const u4 *)(p + stride), c = *(const u4 *)(p + 2 * stride), d = *(const u4 *)(p + 3 * stride);
      v4 ac0 = __builtin_shuffle(a, c, (i4){0, 4, 1, 5}), ac1 = __builtin_shuffle(a, c, (i4){2, 6, 3, 7});
      v4 bd0 = __builtin_shuffle(b, d, (i4){0, 4, 1, 5}), bd1 = __builtin_shuffle(b, d, (i4){2, 6, 3, 7});
      float *q = out + j * size + i;
      *(u4 *)q = __builtin_shuffle(ac0, bd0, (i4){0, 4, 1, 5});
      *(u4 *)(q + size) = __builtin_shuffle(ac0, bd0, (i4){2, 6, 3, 7});
      *(u4 *)(q + 2 * size) = __builtin_shuffle(ac1, bd1, (i4){0, 4, 1, 5});
      *(u4 *)(q + 3 * size) = __builtin_shuffle(ac1, bd1, (i4){2, 6, 3, 7});
    }
    for (; j < n; j++) for (int k = i; k < i + 4; k++) out[j * size + k] = x[k * stride + j];
  }
  for (; i < m; i++) for (int j = 0; j < n; j++) out[j * size + i] = x[i * stride + j];
}

/* out [n][m] = x [m][n] with rows stride apart. */
#if defined(__aarch64__)
INLINE void vs_transpose(const float *__restrict x, int m, int n, int stride, float *__restrict out) {
  vs_transpose4(x, m, n, stride, out, m);
}
#else
/* In blocks of eight by eight, whose halves are interleaved three times. */
INLINE void vs_transpose(const float *__restrict x, int m, int n, int stride, float *__restrict out) {
  const int rows = m / 8 * 8, columns = n / 8 * 8;
  for (int i = 0; i < rows; i += 8)
    for (int j = 0; j < columns; j += 8) {
      v8 a[8], b[8];
      for (int k = 0; k < 8; k++) a[k] = *(const u8 *)(x + (i + k) * stride + j);
      for (int k = 0; k < 4; k++) {
        b[2 * k] = __builtin_shuffle(a[2 * k], a[2 * k + 1], (i8){0, 8, 1, 9, 4, 12, 5, 13});
        b[2 * k + 1] = __builtin_shuffle(a[2 * k], a[2 * k + 1], (i8){2, 10, 3, 11, 6, 14, 7, 15});
      }
      for (int k = 0; k < 8; k += 4)
        for (int h = 0; h < 2; h++) {
          a[k + 2 * h] = __builtin_shuffle(b[k + h], b[k + 2 + h], (i8){0, 1, 8, 9, 4, 5, 12, 13});
          a[k + 2 * h + 1] = __builtin_shuffle(b[k + h], b[k + 2 + h], (i8){2, 3, 10, 11, 6, 7, 14, 15});
        }
      for (int k = 0; k < 4; k++) {
        *(u8 *)(out + (j + k) * m + i) = __builtin_shuffle(a[k], a[k + 4], (i8){0, 1, 2, 3, 8, 9, 10, 11});
        *(u8 *)(out + (j + k + 4) * m + i) = __builtin_shuffle(a[k], a[k + 4], (i8){4, 5, 6, 7, 12, 13, 14, 15});
      }
    }
  vs_transpose4(x + columns, rows, n - columns, stride, out + columns * m, m);
  vs_transpose4(x + rows * stride, m - rows, n, stride, out + rows, m);
}
#endif
`;
