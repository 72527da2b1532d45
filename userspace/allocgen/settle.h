/* SPDX-License-Identifier: GPL-2.0 */
/*
 * settle.h - bring a process to where only the measured work can fault
 */
#ifndef ALLOCGEN_SETTLE_H
#define ALLOCGEN_SETTLE_H

#include "scenario.h"

int settle_process(void);
int settle(const struct area *keep_out);
void settle_stack(void);
void settle_lru(void);

unsigned long count_absent(const struct area *area);
int find_mapping(const char *name, struct area *area);

#endif /* ALLOCGEN_SETTLE_H */
