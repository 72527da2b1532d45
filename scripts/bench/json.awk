# SPDX-License-Identifier: GPL-2.0
# Everything, as JSON.

function quoted(value)
{
	gsub(/\\/, "\\\\", value)
	gsub(/"/, "\\\"", value)
	return "\"" value "\""
}

function value_json(value)
{
	if (value ~ /^[0-9]+$/)
		return value
	return quoted(value)
}

function list(k, c, l, what,    i, out)
{
	for (i = 1; i <= samples[k, c, l]; i++)
		out = out (i > 1 ? ", " : "") sprintf("%.3f", sample[k, c, l, what, i] / 1000)
	return "[" out "]"
}

function load_json(k, c, l, last)
{
	printf "        %s: {\"median\": %.3f, \"added\": %.3f, \"spread_percent\": %.3f, ",
		quoted(l), median(k, c, l, OWN), added(k, c, l, OWN), spread(k, c, l, OWN)
	printf "\"elapsed_median\": %.3f, \"elapsed_added\": %.3f,\n", median(k, c, l, ELAPSED),
		added(k, c, l, ELAPSED)
	printf "          \"own\": %s, \"elapsed\": %s}%s\n", list(k, c, l, OWN),
		list(k, c, l, ELAPSED), last ? "" : ","
}

function kernel_json(k, last,    c, f, l)
{
	printf "    {\n      \"series\": %s,\n", quoted(k)
	for (f = 1; f <= nr_facts; f++)
		if ((k, fact_name[f]) in fact)
			printf "      %s: %s,\n", quoted(fact_name[f]), value_json(fact[k, fact_name[f]])
	printf "      \"worst_spread_percent\": %.3f,\n", worst_spread(k)
	printf "      \"accounting_added_at_most\": %.3f,\n", worst_accounting(k)
	if (k == bound_kernel)
		printf "      \"accounting_bound\": %d,\n", bound
	printf "      \"configurations\": {\n"
	for (c = 1; c <= nr_configurations; c++) {
		printf "      %s: {\n", quoted(configuration[c])
		for (l = 1; l <= nr_loads; l++)
			load_json(k, configuration[c], load[l], l == nr_loads)
		printf "      }%s\n", c == nr_configurations ? "" : ","
	}
	printf "      }\n    }%s\n", last ? "" : ","
}

END {
	printf "{\n  \"unit\": \"instructions per page fault\",\n"
	printf "  \"pages\": %d,\n  \"rounds\": %d,\n  \"passes\": %d,\n", pages, rounds, passes
	printf "  \"spread_limit_percent\": %s,\n  \"kernels\": [\n", limit
	for (i = 1; i <= nr_kernels; i++)
		kernel_json(kernel[i], i == nr_kernels)
	printf "  ]\n}\n"
}
