# SPDX-License-Identifier: GPL-2.0
# One table per kernel for a person, 80 columns, and what failed.

BEGIN {
	text["untraced"] = "untraced (absolute)"
	text["kprobe"] = "empty kprobe"
	text["declined"] = "kretprobe that declines"
	text["kretprobe"] = "empty kretprobe"
	text["idle"] = "mmscope without target"
	text["other"] = "another process is target"
	text["target"] = "target, accounted"
	text["recorded"] = "target, and recorded"
	title["anon_zero"] = "read fresh"
	title["cow_zero"] = "write zero"
	title["cow_copy"] = "write fork"
	title["cow_reuse"] = "reuse"
}

function header(k,    l)
{
	printf "kernel %s (%s), instructions per page fault\n", k, fact[k, "kernel"]
	printf "%-31s", ""
	for (l = 1; l <= nr_loads; l++)
		printf "%12s", title[load[l]]
	printf "\n%-31s", ""
	for (l = 1; l <= nr_loads; l++)
		printf "%12s", load[l]
	printf "\n"
}

function row(k, name, c, what,    l)
{
	printf "%-31s", name
	for (l = 1; l <= nr_loads; l++)
		if (c == "untraced")
			printf "%12.0f", median(k, c, load[l], what)
		else
			printf "%12s", sprintf("%+.0f", added(k, c, load[l], what))
	printf "\n"
}

END {
	failed = 0
	for (i = 1; i <= nr_kernels; i++) {
		k = kernel[i]
		print ""
		header(k)
		for (c = 1; c <= nr_configurations; c++)
			row(k, text[configuration[c]], configuration[c], OWN)
		row(k, "  the recorder's CPU time too", "recorded", ELAPSED)
		printf "%d events recorded, %d lost, %d calls missed; ", fact[k, "recorded"],
			fact[k, "lost"], fact[k, "missed"]
		printf "largest spread %.2f %%\n", worst_spread(k)
		if (fact[k, "lost"] || fact[k, "missed"]) {
			print "FAILED: something was lost"
			failed = 1
		}
		if (worst_spread(k) > limit) {
			printf "FAILED: figures do not repeat within %d %%\n", limit
			failed = 1
		}
		if (k != bound_kernel)
			continue
		printf "accounting adds at most %.0f, the bound is %d: %s\n", worst_accounting(k), bound,
			worst_accounting(k) <= bound ? "holds" : "FAILED"
		if (worst_accounting(k) > bound)
			failed = 1
	}
	print ""
	printf "Median of %d rounds of %d pages in %d passes. QEMU -icount, one Haswell CPU,\n",
		rounds * passes, pages, passes
	print "mitigations on (PTI, retpolines), addresses not randomized. A REP string"
	print "instruction counts once per item: copying and clearing look expensive."
	exit failed
}
