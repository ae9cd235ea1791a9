/*
 * The float32 multiply-add throughput of a number of cores, from independent sums in registers and without memory:
 *
 *     g++ -x c++ -O3 -march=native -pthread bench/fma_loop.c -o fma_loop && ./fma_loop 2
 *
 * Starts that many threads, lets each do the same work, and prints their throughput together in GFLOP/s.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __AVX512F__
enum { LANES = 16 };
#else
enum { LANES = 8 };
#endif
typedef float vector __attribute__((vector_size(4 * LANES)));
/* The sums are variables of their own: g++ keeps an array in memory, and the loop then measures memory. */
enum { SUMS = 12 };
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define DECLARE(i) vector sum##i = (1.0f + i) - (vector){};
#define MULTIPLY_ADD(i) sum##i = sum##i * factor + term; __asm__ volatile("" : "+v"(sum##i));
#define USE(i) sink = sum##i[0];
static const long REPEATS = 30000000;
static pthread_barrier_t start;
static volatile float sink;

static void *work(void *unused) {
  EACH(DECLARE)
  const vector factor = 0.999999f - (vector){}, term = 1e-7f - (vector){};
  pthread_barrier_wait(&start);
  for (long repeat = 0; repeat < REPEATS; repeat++)
    { EACH(MULTIPLY_ADD) }
  EACH(USE)
  return unused;
}

int main(int count, char **arguments) {
  const int threads = count > 1 ? atoi(arguments[1]) : 1;
  pthread_t all[1024];
  struct timespec from, to;
  if (threads < 1 || threads > 1024) return 2;
  pthread_barrier_init(&start, 0, threads + 1);
  for (int i = 0; i < threads; i++) pthread_create(&all[i], 0, work, 0);
  pthread_barrier_wait(&start);
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = 0; i < threads; i++) pthread_join(all[i], 0);
  clock_gettime(CLOCK_MONOTONIC, &to);
  const double seconds = (to.tv_sec - from.tv_sec) + 1e-9 * (to.tv_nsec - from.tv_nsec);
  printf("%.3f\n", 2e-9 * LANES * SUMS * REPEATS * threads / seconds);
  return 0;
}
