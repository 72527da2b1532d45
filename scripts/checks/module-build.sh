# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the module for a check and wants a log without a warning. Sourced.

# build_clean KIND [MAKE-ARGUMENT...]: in a build directory of its own, for the
# kernel SERIES or 6.1; prints what is wrong. The last lines of the log that speak of the build and not of
# our code are left out.
build_clean()
{
	local kind=$1 series=${SERIES:-6.1} status=0
	local log=$OUT/check/$kind/build/$series/mmscope.log
	shift
	MMSCOPE_OUT=$OUT/check/$kind "$REPO/scripts/vm/build" "$series" "$REPO" "$@" >/dev/null 2>"$OUT/check/$kind.err" ||
		status=$?
	if [ "$status" -ne 0 ] && [ ! -s "$log" ]; then
		cat "$OUT/check/$kind.err"
		return "$status"
	fi
	if grep -vE 'warning: the compiler differs from|Skipping BTF' "$log" | grep -nE -B3 -A6 '(warning|error):|Error [0-9]'; then
		return 1
	fi
	return "$status"
}
