static void keys(float *w) {

}

static void draw(float *w) {

}

static __attribute__((noinline)) void step_0_loop(float *w) {
int *wi = (int *)w;
typedef v16 F; typedef i16 I; typedef n16 N; typedef u16 UF; typedef j16 UI;
 {
for (int i0 = 0; i0 < 16; i0 += 16) {
const F t0 = *(const UF *)(w + 128 + i0 * 1) * ((float)2.0 - F{});
const F t1 = t0 * ((float)0.10000000149011612 - F{});
const F t2 = *(const UF *)(w + 128 + i0 * 1) - t1;
const F t3 = *(const UF *)(w + 128 + i0 * 1) * *(const UF *)(w + 128 + i0 * 1);
memcpy(w + 128 + i0 * 1, &t2, 64);
memcpy(w + 176 + i0 * 1, &t3, 64);
}
{ const int i0 = 16;
const F t0 = *(const UF *)(w + 128 + i0 * 1) * ((float)2.0 - F{});
const F t1 = t0 * ((float)0.10000000149011612 - F{});
const F t2 = *(const UF *)(w + 128 + i0 * 1) - t1;
const F t3 = *(const UF *)(w + 128 + i0 * 1) * *(const UF *)(w + 128 + i0 * 1);
memcpy(w + 128 + i0 * 1, &t2, 16);
memcpy(w + 176 + i0 * 1, &t3, 16);
}
}
__asm__ volatile("" ::: "memory");
}
static __attribute__((noinline)) void step_1_sum(float *w) {
int *wi = (int *)w;
*(w + 64) = vs_sum(w + 176, 20);
__asm__ volatile("" ::: "memory");
}
static void step(float *w) {
step_0_loop(w);
step_1_sum(w);
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
    
    memcpy(w + 96 + s * 1, w + 64, 4);
  }
}
