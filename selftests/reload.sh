#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# insmod and rmmod, again and again, while processes fork and fault and are followed.
# The guest's kernel log is searched for complaints afterwards by scripts/vm/run.
# usage: reload.sh [ROUNDS [MODULE-PARAMETER...]]
set -u
. "$(dirname "$0")/tap.sh"
rounds=${1:-50}
[ $# -eq 0 ] || shift
ko=/.vm/module.ko # where the test VM has it

echo "TAP version 13"
[ -e $ko ] || { result 1 "there is no $ko in the guest"; exit 1; }

# The load: fork trees, copy-on-write, file faults; without end, each loop its own shell.
load() { while :; do allocgen run cow-child --pages 211 >/dev/null; done; }
churn() { while :; do /bin/true; done; }
load &
first=$!
churn &
second=$!

done=0
faults=0
while [ $done -lt "$rounds" ]; do
	[ -d $D ] || insmod $ko "$@" || break
	echo all >>$D/targets || break
	# Under load means under load: at least a hundred calls are seen in every round.
	until [ "$(awk '$1 == "fault" { print $4 }' $D/probes)" -gt 100 ]; do :; done
	faults=$((faults + $(awk '$1 == "fault" { print $4 }' $D/probes)))
	missed=$(awk '$1 == "lost_probe_missed" { print $2 }' $D/stats)
	[ "$missed" = 0 ] || { echo "# round $done: $missed calls missed"; break; }
	# Targets are left where they are: unloading must cope.
	rmmod mmscope || break
	done=$((done + 1))
done
[ $done -eq "$rounds" ]
result $? "$done of $rounds times loaded and unloaded under load, $faults calls seen"
kill -0 $first && kill -0 $second
result $? "the load goes on"
kill $first $second
[ ! -d $D ] && ! grep -q '^mmscope ' /proc/modules
result $? "nothing is left"
done_testing
