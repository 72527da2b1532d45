#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The folder "limits": what its files take and refuse, and that a new limit holds at once.
set -u
. "$(dirname "$0")/tap.sh"
L=$D/limits

add() { (echo "$1" >>$D/targets) 2>/dev/null; }
stat_of() { awk -v key="$1" '$1 == key { print $2 }' $D/stats; }
set_to() { # FILE VALUE
	(echo "$2" >$L/"$1") 2>/dev/null && [ "$(cat $L/"$1")" = "$2" ] &&
		[ "$(cat /sys/module/mmscope/parameters/"$1")" = "$2" ]
}

# A refused write: EINVAL, a line in error_log, and nothing has changed.
refused() { # FILE VALUE NAME
	before=$(cat $L/"$1")
	echo >$D/error_log
	# shellcheck disable=SC2016 # $1 and $2 are for the inner shell
	message=$(sh -c 'echo "$2" >"$1"' sh $L/"$1" "$2" 2>&1)
	status=$?
	[ $status -ne 0 ] && [ "$(cat $L/"$1")" = "$before" ] &&
		case $message in *"Invalid argument"*) true ;; *) echo "# said: $message"; false ;; esac &&
		grep -q "$1: .* is not an* .*number from" $D/error_log
	result $? "$3"
}

echo "TAP version 13"
[ "$(cd $L && echo *)" = "exited_kept max_processes probe_slots timeline_points" ] &&
	[ "$(cd $L && cat max_processes exited_kept timeline_points | tr '\n' ' ')" = "4096 256 512 " ] &&
	[ "$(cat $L/probe_slots)" = "$(cat /sys/module/mmscope/parameters/probe_slots)" ]
result $? "each limit has a file, with the value of the module parameter"
[ "$(find $L -type f -perm 600 | grep -c .) $(find $L -type f -perm 400)" = "3 $L/probe_slots" ]
result $? "root may write them, but for probe_slots, which is fixed at load"
# MemTotal is totalram_pages, and a thread's stack is 16 kB: a thread for each 128 kB.
[ "$(cat $L/probe_slots)" = "$(awk '$1 == "MemTotal:" { n = int($2 / 128); print (n < 2048 ? 2048 : n > 32768 ? 32768 : n) }' /proc/meminfo)" ]
result $? "probe_slots is what memory allows, within its bounds: $(cat $L/probe_slots)"

refused max_processes 0 "max_processes: 0 is refused"
refused max_processes -1 "max_processes: a negative number is refused"
refused max_processes 4194305 "max_processes: more than there can be processes is refused"
refused max_processes many "max_processes: a word is refused"
refused exited_kept -1 "exited_kept: a negative number is refused"
refused exited_kept "1 2" "exited_kept: two numbers are refused"
refused exited_kept "" "exited_kept: an empty line is refused"
refused timeline_points 5 "timeline_points: an odd number is refused"
refused timeline_points 2 "timeline_points: fewer than 4 are refused"
refused timeline_points 65538 "timeline_points: more than 65536 are refused"

/bin/sleep 1000 &
one=$!
/bin/sleep 1000 &
two=$!
until [ "$(cat /proc/$one/comm)$(cat /proc/$two/comm)" = sleepsleep ]; do :; done
set_to max_processes 1 && add "pid $one" && ! add "pid $two" && [ "$(stat_of lost_process_limit)" = 1 ] &&
	[ "$(stat_of limit_processes)" = 1 ] && grep -q "as max_processes allows" $D/error_log
result $? "max_processes 1: a second process is refused, and counted"
set_to max_processes 2 && add "pid $two" && [ "$(stat_of processes_live)" = 2 ]
result $? "max_processes 2: it is followed"
set_to max_processes 1 && [ "$(stat_of processes_live)" = 2 ]
result $? "max_processes 1 again: who is followed stays"
set_to max_processes 4096 && add clear

# Five processes, one after another; each is shown as exited before the next begins.
add "comm true"
pids=
for _ in 1 2 3 4 5; do
	/bin/true &
	pids="$pids $!"
	wait $!
done
exited() { awk '$13 == "exited" { printf " %s", $1 }' $D/processes; }
[ "$(exited)" = "$pids" ]
result $? "five records of exited processes are kept, oldest first"
lost=$(stat_of lost_exited_evicted)
set_to exited_kept 2 && [ "$(exited)" = " ${pids#* * * * }" ] && [ "$(stat_of processes_exited)" = 2 ] &&
	[ "$(stat_of lost_exited_evicted)" = $((lost + 3)) ] && [ "$(find $D/pid -mindepth 1 -type d | grep -c .)" = 2 ]
result $? "exited_kept 2: the three oldest go at once, with their folders, and are counted"
set_to exited_kept 0 && [ -z "$(exited)" ]
result $? "exited_kept 0: none is kept"
/bin/true
[ -z "$(exited)" ] && [ "$(stat_of lost_exited_evicted)" = $((lost + 6)) ]
result $? "nor one that ends later"
set_to exited_kept 256
add clear

# A shell that makes far more events than there are points, and its timeline in the end.
points_of() { awk 'NR > 1' $D/pid/"$1"/timeline | grep -c .; }
add "pid $one" # begins with 512
set_to timeline_points 8 && add "comm sh"
/bin/sh -c 'i=0; while [ $i -lt 50 ]; do x=$(:); i=$((i + 1)); done' &
shell=$!
wait $shell
number=$(points_of $shell)
[ "$number" -ge 4 ] && [ "$number" -le 8 ] && [ "$(awk '$1 == "Faults:" { print $2 }' $D/pid/$shell/status)" -gt 100 ]
result $? "timeline_points 8: an address space that begins afterwards has 4 to 8 points"
[ "$(stat_of limit_timeline_points)" = 8 ]
result $? "stats shows the limits in force"

add clear
kill $one $two
done_testing
