# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the module for a check and wants a log without a warning. Sourced.

# build_clean KIND [MAKE-ARGUMENT...]: in a build directory of its own; prints
# what is wrong. The last lines of the log that speak of the build and not of
# our code are left out.
build_clean()
{
	local kind=$1 log=$OUT/check/$1/build/6.1/mmscope.log status=0
	shift
	MMSCOPE_OUT=$OUT/check/$kind "$REPO/scripts/vm/build" 6.1 "$REPO" "$@" >/dev/null 2>"$OUT/check/$kind.err" ||
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
