# SPDX-License-Identifier: GPL-2.0
# Reads facts.tsv and samples.tsv of each kernel (guest.sh) and offers their
# figures to table.awk and json.awk. A figure is the median over all rounds of all
# passes; its spread is the distance of the extremes in percent of the median.
# OWN counts while the faulting thread was on the CPU, ELAPSED counts everything.

BEGIN {
	OWN = 1
	ELAPSED = 2
	nr_kernels = 0
}

series != current {
	current = series
	kernel[++nr_kernels] = series
}

NF == 2 {
	fact[series, $1] = $2
	if (!($1 in fact_seen)) {
		fact_seen[$1] = 1
		fact_name[++nr_facts] = $1
	}
	next
}

{
	if (!($1 in configuration_seen)) {
		configuration_seen[$1] = 1
		configuration[++nr_configurations] = $1
	}
	if (!($2 in load_seen)) {
		load_seen[$2] = 1
		load[++nr_loads] = $2
	}
	n = ++samples[series, $1, $2]
	sample[series, $1, $2, OWN, n] = $4
	sample[series, $1, $2, ELAPSED, n] = $5
}

# Sorts the samples of a row into sorted[]; returns their number.
function sort_samples(k, c, l, what,    i, j, n, value)
{
	n = samples[k, c, l]
	for (i = 1; i <= n; i++) {
		value = sample[k, c, l, what, i]
		for (j = i - 1; j >= 1 && sorted[j] > value; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = value
	}
	return n
}

# Instructions per fault.
function median(k, c, l, what,    n)
{
	n = sort_samples(k, c, l, what)
	if (n % 2)
		return sorted[(n + 1) / 2] / 1000
	return (sorted[n / 2] + sorted[n / 2 + 1]) / 2000
}

function added(k, c, l, what)
{
	return median(k, c, l, what) - median(k, "untraced", l, what)
}

# Percent.
function spread(k, c, l, what,    n)
{
	n = sort_samples(k, c, l, what)
	return (sorted[n] - sorted[1]) / median(k, c, l, what) / 10
}

function worst_spread(k,    c, l, value, worst)
{
	worst = 0
	for (c = 1; c <= nr_configurations; c++)
		for (l = 1; l <= nr_loads; l++) {
			value = spread(k, configuration[c], load[l], OWN)
			if (value > worst)
				worst = value
		}
	return worst
}

function worst_accounting(k,    l, value, worst)
{
	worst = 0
	for (l = 1; l <= nr_loads; l++) {
		value = added(k, "target", load[l], OWN)
		if (value > worst)
			worst = value
	}
	return worst
}
