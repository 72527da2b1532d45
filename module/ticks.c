// SPDX-License-Identifier: GPL-2.0
/*
 * ticks.c - the module's own clock
 */
#include <linux/cache.h>

#include "ticks.h"

#ifdef CONFIG_X86_TSC
#include <asm/cpufeature.h>
#include <asm/tsc.h>
#endif

u32 mms_ticks_mult __read_mostly;

void mms_ticks_init(void)
{
#ifdef CONFIG_X86_TSC
	u64 mult;

	if (!boot_cpu_has(X86_FEATURE_CONSTANT_TSC) || check_tsc_unstable() || !tsc_khz)
		return;
	mult = div_u64((u64)1000000 << MMS_TICKS_SHIFT, tsc_khz);
	/* A counter below 250 MHz would need more bits. */
	if (mult <= U32_MAX)
		mms_ticks_mult = mult;
#endif
}
