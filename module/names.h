/* SPDX-License-Identifier: GPL-2.0 */
/* names.h - the names of mmscope_abi.h's enumerations, for every text surface */
#ifndef MMSCOPE_NAMES_H
#define MMSCOPE_NAMES_H

#include "mmscope_abi.h"

extern const char *const mms_kind_names[MMS_NR_KINDS];
extern const char *const mms_region_names[MMS_NR_REGIONS];
extern const char *const mms_event_names[MMS_NR_EVENTS];
extern const char *const mms_reason_names[MMS_NR_REASONS];
extern const char *const mms_outcome_names[MMS_NR_OUTCOMES];

#endif /* MMSCOPE_NAMES_H */
