/* SPDX-License-Identifier: GPL-2.0 */
/* names.h - the names of kinds, origins, regions and events, both ways */
#ifndef MMS_NAMES_H
#define MMS_NAMES_H

#include "mmscope_abi.h"

/*
 * The name of a number, as the ABI lists it; "?" for a number newer than this program.
 */
const char *mms_kind_name(unsigned int kind);
const char *mms_origin_name(unsigned int origin);
const char *mms_region_name(unsigned int region);
const char *mms_event_name(unsigned int event);
const char *mms_outcome_name(unsigned int outcome);
const char *mms_advice_name(unsigned int behavior);

/*
 * The number of a name, or -1 for a name that this program does not know.
 */
int mms_kind_number(const char *name);
int mms_origin_number(const char *name);
int mms_region_number(const char *name);
int mms_event_number(const char *name);

#endif /* MMS_NAMES_H */
