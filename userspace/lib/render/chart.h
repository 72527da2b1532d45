/* SPDX-License-Identifier: GPL-2.0 */
/* chart.h - the picture of VSZ and RSS over time */
#ifndef MMS_CHART_H
#define MMS_CHART_H

#include "model/series.h"
#include "render/out.h"

/**
 * mms_chart() - draw VSZ and RSS, one panel each
 * @out: the paper
 * @series: the points
 *
 * The two may be orders apart, so each panel has an axis of its own; both begin at 0, so that
 * heights compare with their axis honestly. A column shows the highest value of its time.
 */
void mms_chart(const struct mms_out *out, const struct mms_series *series);

#endif /* MMS_CHART_H */
