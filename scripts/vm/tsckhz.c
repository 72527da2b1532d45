// SPDX-License-Identifier: GPL-2.0
/*
 * tsckhz.c - the frequency of this machine's time stamp counter, in kHz
 *
 * An emulated processor without -icount hands out the host's counter. The guest
 * would measure its frequency against an emulated timer while it boots, and on a
 * busy host gets it wrong by a factor: its clock then runs so fast that every
 * watchdog barks. It is told instead (tsc_early_khz=).
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct sample {
	uint64_t ns;
	uint64_t ticks;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Both clocks at one instant: the pair of many that was read in the least time. */
static struct sample take(void)
{
	struct sample best = { 0, 0 };
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < 1000; i++) {
		uint64_t before = now_ns(), ticks = __rdtsc(), after = now_ns();

		if (after - before < least) {
			least = after - before;
			best = (struct sample){ before + (after - before) / 2, ticks };
		}
	}
	return best;
}

int main(void)
{
	const uint64_t wait_ns = 200000000;
	struct sample first = take(), last;

	do
		last = take();
	while (last.ns - first.ns < wait_ns);
	printf("%.0f\n", (double)(last.ticks - first.ticks) * 1e6 / (double)(last.ns - first.ns));
	return 0;
}
