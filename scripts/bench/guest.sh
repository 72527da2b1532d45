#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# usage: guest.sh PAGES ROUNDS PASSES
#
# The guest's part of scripts/bench/run. Leaves in /out
#   samples.tsv  CONFIGURATION LOAD PASS OWN ELAPSED: one line per round, both figures
#                in thousandths of an instruction per fault (load.c)
#   facts.tsv    KEY VALUE: what was measured on, what was recorded, lost, missed
# Each configuration is a pair of functions, begin_NAME and end_NAME.
set -eu

PAGES=$1 ROUNDS=$2 PASSES=$3
LOADS="anon_zero cow_zero cow_copy cow_reuse"
CONFIGURATIONS="untraced kprobe declined kretprobe idle other target recorded"
MMS=/sys/kernel/debug/mmscope
HOLDER='' RECORDED=0 LOST=0 MISSED=0

fact()
{
	printf '%s\t%s\n' "$1" "$2" >>/out/facts.tsv
}

fail()
{
	echo "bench: $*" >&2
	exit 1
}

begin_untraced() { :; }
end_untraced() { :; }
begin_kprobe() { insmod /bench/mmscope_bench.ko mode=kprobe; }
end_kprobe() { rmmod mmscope_bench; }
begin_declined() { insmod /bench/mmscope_bench.ko mode=declined; }
end_declined() { rmmod mmscope_bench; }
begin_kretprobe() { insmod /bench/mmscope_bench.ko mode=kretprobe; }
end_kretprobe() { rmmod mmscope_bench; }
begin_idle() { insmod /bench/mmscope.ko; }
end_idle() { rmmod mmscope; }

begin_other()
{
	insmod /bench/mmscope.ko
	load hold &
	HOLDER=$!
	echo "pid $HOLDER" >$MMS/targets
}

end_other()
{
	check_losses
	kill "$HOLDER"
	wait "$HOLDER" 2>/dev/null || true
	rmmod mmscope
}

begin_target()
{
	insmod /bench/mmscope.ko
	echo "comm load" >$MMS/targets
}

end_target()
{
	check_losses
	rmmod mmscope
}

begin_recorded() { begin_target; }
end_recorded() { end_target; }

check_losses()
{
	MISSED=$((MISSED + $(awk 'NR > 1 { sum += $5 } END { print sum }' $MMS/probes)))
	if grep '^lost_.* [1-9]' $MMS/stats >&2; then
		fail "the module lost something"
	fi
}

# The module must have seen what the load did, to the page.
check_kind()
{
	want=$((PAGES * (ROUNDS + 1)))
	got=$(awk -v kind="$1" '$1 == kind && $2 == "anon" { print $3 }' "$MMS/pid/$2/faults")
	[ "$got" = "$want" ] || fail "$1: the module counted '$got' faults, not $want"
}

# What was emitted is the faults of all followed processes; what trace-cmd knows of
# is what it read from the buffer while the load ran and what was left at the end.
record()
{
	echo clear >$MMS/targets
	echo "comm load" >$MMS/targets
	# shellcheck disable=SC2016 # expanded by the inner shell
	trace-cmd record -q -e mmscope:fault -o /tmp/bench.dat \
		sh -c 'exec load "$@" >/tmp/lines' sh "$1" "$PAGES" "$ROUNDS" >/tmp/record.log 2>&1 ||
		{ cat /tmp/record.log >&2; fail "trace-cmd failed"; }
	emitted=$(awk 'NR > 1 { sum += $10 + $11 } END { print sum }' $MMS/processes)
	read=$(trace-cmd report --stat -i /tmp/bench.dat 2>/dev/null |
		awk '/^(entries|read events):/ { sum += $NF } END { print sum }')
	RECORDED=$((RECORDED + read))
	LOST=$((LOST + emitted - read))
	rm -f /tmp/bench.dat
}

# measure CONFIGURATION LOAD PASS
measure()
{
	if [ "$1" = recorded ]; then
		record "$2"
	else
		load "$2" "$PAGES" "$ROUNDS" >/tmp/lines &
		pid=$!
		wait "$pid" || fail "$2 failed under '$1'"
		[ "$1" != target ] || check_kind "$2" "$pid"
	fi
	sed "s/ /\t/; s/^/$1\t$2\t$3\t/" /tmp/lines >>/out/samples.tsv
}

: >/out/samples.tsv
fact kernel "$(uname -r)"
fact loops_until_steady "$(load steady | cut -d' ' -f1)"
cat /proc/cmdline >/out/cmdline
! grep -q mitigations= /out/cmdline || fail "mitigations are not the kernel's default"
for file in /sys/devices/system/cpu/vulnerabilities/*; do
	fact "vulnerability ${file##*/}" "$(cat "$file")"
done
# Where a mapping lies decides how far the kernel searches for it at every fault:
# the same addresses in every process, or figures differ by 1 %.
echo 0 >/proc/sys/kernel/randomize_va_space
# Memory that was never used before behaves a little differently: once over it all.
for load in $LOADS; do
	load "$load" "$PAGES" 1 >/dev/null
done
pass=1
while [ "$pass" -le "$PASSES" ]; do
	for configuration in $CONFIGURATIONS; do
		"begin_$configuration"
		load steady >/dev/null
		for load in $LOADS; do
			measure "$configuration" "$load" "$pass"
		done
		"end_$configuration"
	done
	pass=$((pass + 1))
done
fact recorded "$RECORDED"
fact lost "$LOST"
fact missed "$MISSED"
