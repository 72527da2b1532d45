# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# What every script of the project shares: places, progress lines, locks, root.
# Sourced after `set -euo pipefail`.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${MMSCOPE_OUT:-$REPO/out}
CACHE=${MMSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmscope}
PROG=${0##*/}

# Progress goes to the descriptor MMSCOPE_PROGRESS_FD; without it to standard
# error when a person is looking at it, and nowhere otherwise, because the
# standard error of scripts/vm/run belongs to the command in the guest.
if [ -z "${MMSCOPE_PROGRESS_FD:-}" ] && [ -t 2 ]; then
	MMSCOPE_PROGRESS_FD=2
fi

say()
{
	if [ -n "${MMSCOPE_PROGRESS_FD:-}" ]; then
		echo "  $*" >&"$MMSCOPE_PROGRESS_FD"
	fi
}

# From here on progress lines are wanted: a script that people run calls this.
progress_on()
{
	if [ -z "${MMSCOPE_PROGRESS_FD:-}" ]; then
		exec 9>&2
		export MMSCOPE_PROGRESS_FD=9
	fi
}

# fail STATUS TEXT...
fail()
{
	local status=$1
	shift
	echo "$PROG: $*" >&2
	exit "$status"
}

usage()
{
	# The comment block at the head of the script is its help.
	sed -n '2,/^[^#]/{/^# SPDX/d;s/^# \{0,1\}//p}' "$0"
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		fail 72 "this step needs root, and there is no sudo: $*"
	fi
}

# locked NAME COMMAND...: one at a time on this machine; the lock is released
# when COMMAND ends, however it ends.
locked()
{
	local name=$1
	shift
	mkdir -p "$CACHE/lock"
	(
		flock 8
		"$@" 8>&-
	) 8>"$CACHE/lock/$name"
}

# quietly WHAT COMMAND...: output only if it fails, with WHAT as the headline.
quietly()
{
	local what=$1 log status=0
	shift
	log=$(mktemp)
	"$@" >"$log" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		echo "$PROG: $what failed (status $status):" >&2
		tail -n 40 "$log" >&2
	fi
	rm -f "$log"
	return "$status"
}
