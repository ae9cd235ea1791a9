static __attribute__((noinline)) void matmul_0(const float *__restrict a, const float *__restrict b, float *__restrict c) {
{ const int i = 0; {
v4 s0_0 = {0};
v4 s1_0 = {0};
v4 s2_0 = {0};
v4 s3_0 = {0};
for (int k = 0; k < 4; k++) {
const v4 b0 = *(const u4 *)(b + k * 1 + 0);
const float x0 = a[(i + 0) * 4 + k * 1];
s0_0 = fma(x0 - (v4){0}, b0, s0_0);
const float x1 = a[(i + 1) * 4 + k * 1];
s1_0 = fma(x1 - (v4){0}, b0, s1_0);
const float x2 = a[(i + 2) * 4 + k * 1];
s2_0 = fma(x2 - (v4){0}, b0, s2_0);
const float x3 = a[(i + 3) * 4 + k * 1];
s3_0 = fma(x3 - (v4){0}, b0, s3_0);
}
memcpy(c + (i + 0) * 1 + 0, &s0_0, 4);
memcpy(c + (i + 1) * 1 + 0, &s1_0, 4);
memcpy(c + (i + 2) * 1 + 0, &s2_0, 4);
memcpy(c + (i + 3) * 1 + 0, &s3_0, 4);
} }
__asm__ volatile("" ::: "memory");
}

static void keys(float *w) {

}

static void draw(float *w) {

}

static __attribute__((noinline)) void step_0_matmul(float *w) {
int *wi = (int *)w;
matmul_0(w + 64, w + 160, w + 256);
__asm__ volatile("" ::: "memory");
}
static __attribute__((noinline)) void step_1_loop(float *w) {
int *wi = (int *)w;
typedef v16 F; typedef i16 I; typedef n16 N; typedef u16 UF; typedef j16 UI;
 {
{ const int i0 = 0;
const F t0 = *(const UF *)(w + 256 + i0 * 1) * *(const UF *)(w + 256 + i0 * 1);
memcpy(w + 288 + i0 * 1, &t0, 16);
}
}
__asm__ volatile("" ::: "memory");
}
static __attribute__((noinline)) void step_2_sum(float *w) {
int *wi = (int *)w;
*(w + 320) = vs_sum(w + 288, 4);
__asm__ volatile("" ::: "memory");
}
static __attribute__((noinline)) void step_3_loop(float *w) {
int *wi = (int *)w;
typedef v1 F; typedef i1 I; typedef n1 N; typedef u1 UF; typedef j1 UI;
 {
for (int i0 = 0; i0 < 1; i0 += 1) {
const F t0 = vs_sqrt((w[320] - F{}));
memcpy(w + 96, &t0, 4);
}
}
__asm__ volatile("" ::: "memory");
}
static __attribute__((noinline)) void step_4_loop(float *w) {
int *wi = (int *)w;
typedef v16 F; typedef i16 I; typedef n16 N; typedef u16 UF; typedef j16 UI;
 {
{ const int i0 = 0;
const F t0 = *(const UF *)(w + 256 + i0 * 1) / (w[96] - F{});
memcpy(w + 160 + i0 * 1, &t0, 16);
}
}
__asm__ volatile("" ::: "memory");
}
static void step(float *w) {
step_0_matmul(w);
step_1_loop(w);
step_2_sum(w);
step_3_loop(w);
step_4_loop(w);
}


static void run(float *w, int count) {
  int *wi = (int *)w;
  const int first = wi[0];
  for (int i = 0; i < 8; i++) wi[32 + i] = first + i;
  keys(w);
  for (int s = 0; s < count; s++) {
    wi[0] = first + s;
    
    draw(w);
    step(w);
    
    memcpy(w + 128 + s * 1, w + 96, 4);
  }
}
