static __attribute__((noinline)) void keys_0_gather(float *w) {
int *wi = (int *)w;
vs_gather(w + 64, w + 32, w + 176, 8, 10, 3);
__asm__ volatile("" ::: "memory");
}
static void keys(float *w) {
keys_0_gather(w);
}

static __attribute__((noinline)) void draw_0_loop(float *w) {
int *wi = (int *)w;
typedef v16 F; typedef i16 I; typedef n16 N; typedef u16 UF; typedef j16 UI;
 {
{ const int i0 = 0;
const F t0 = *(const UF *)(w + 144 + i0 * 1) * ((float)0.5 - F{});
memcpy(w + 112 + i0 * 1, &t0, 12);
}
}
__asm__ volatile("" ::: "memory");
}
static void draw(float *w) {
draw_0_loop(w);
}

static __attribute__((noinline)) void step_0_loop(float *w) {
int *wi = (int *)w;
typedef v1 F; typedef i1 I; typedef n1 N; typedef u1 UF; typedef j1 UI;
 {
for (int i0 = 0; i0 < 1; i0 += 1) {
const F t0 = ((float)0.0 - F{});
memcpy(w + 224, &t0, 4);
}
}
__asm__ volatile("" ::: "memory");
}
static __attribute__((noinline)) void step_1_loop(float *w) {
int *wi = (int *)w;
typedef v16 F; typedef i16 I; typedef n16 N; typedef u16 UF; typedef j16 UI;
 {
{ const int i0 = 0;
const F t0 = *(const UF *)(w + 288 + i0 * 1) + *(const UF *)(w + 112 + i0 * 1);
memcpy(w + 288 + i0 * 1, &t0, 12);
}
}
__asm__ volatile("" ::: "memory");
}
static void step(float *w) {
step_0_loop(w);
step_1_loop(w);
}


static void run(float *w, int count) {
  int *wi = (int *)w;
  const int first = wi[0];
  for (int i = 0; i < 8; i++) wi[32 + i] = first + i;
  keys(w);
  for (int s = 0; s < count; s++) {
    wi[0] = first + s;
    memcpy(w + 144, w + 176 + s * 3, 12);
    draw(w);
    step(w);
    
    memcpy(w + 256 + s * 1, w + 224, 4);
  }
}
