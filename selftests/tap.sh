# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# tap.sh - results as kselftest prints them; to be sourced by the shell tests.
# A test that has files "out" and "err" in its directory shows their ends when it fails.
D=/sys/kernel/debug/mmscope
n=0
failed=0

result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
		sed 's/^/# /' out err 2>/dev/null | tail -n 12
	fi
}

# Prints the plan; status 0 when nothing has failed.
done_testing() {
	echo "1..$n"
	[ $failed -eq 0 ]
}

# Probes whose function this kernel does not have (docs/compat.md).
lacks() { case $(uname -r) in 5.10.*) echo collapse ;; esac; }
# Every probe has this state; those are missing instead, from the first target on.
probes_are() {
	awk -v state="$1" -v lacks=" $(lacks) " 'NR == 1 { next }
		index(lacks, " " $1 " ") ? $3 != "missing" && (state != "idle" || $3 != "idle") : $3 != state {
			bad = 1
			print "# " $0
		}
		END { exit bad }' $D/probes
}
