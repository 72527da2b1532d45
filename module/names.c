// SPDX-License-Identifier: GPL-2.0
/* names.c - the names of mmscope_abi.h's enumerations */
#include "names.h"

const char *const mms_kind_names[MMS_NR_KINDS] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };
const char *const mms_region_names[MMS_NR_REGIONS] = { MMSCOPE_REGIONS(MMSCOPE_REGION_NAME) };
const char *const mms_event_names[MMS_NR_EVENTS] = { MMSCOPE_EVENTS(MMSCOPE_EVENT_NAME) };
const char *const mms_reason_names[MMS_NR_REASONS] = { MMSCOPE_REASONS(MMSCOPE_REASON_NAME) };
const char *const mms_outcome_names[MMS_NR_OUTCOMES] = { MMSCOPE_OUTCOMES(MMSCOPE_OUTCOME_NAME) };
