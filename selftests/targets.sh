#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The files "targets", "follow_fork", "error_log" and "probes" as a person uses them:
# what they take, what they refuse and how, and that a bad write changes nothing.
set -u
. "$(dirname "$0")/tap.sh"
T=/tmp/targets
mkdir -p $T
cd $T || exit 1

# Write a line; status 0 when it was taken.
add() { (echo "$1" >>$D/targets) 2>/dev/null; }

# A refused write: must fail with the errno's text, leave the log line, change no target.
refused() { # LINE ERRNO-TEXT LOG-TEXT NAME
	before=$(cat $D/targets)
	echo >$D/error_log
	# shellcheck disable=SC2016 # $1 is for the inner shell
	message=$(sh -c 'echo "$1" >>/sys/kernel/debug/mmscope/targets' sh "$1" 2>&1)
	status=$?
	[ $status -ne 0 ] && [ "$(cat $D/targets)" = "$before" ] &&
		case $message in *"$2"*) true ;; *) echo "# said: $message"; false ;; esac &&
		grep -q "$3" $D/error_log
	result $? "$4"
}

# By path, because busybox's shell runs its own applets without exec.
/bin/sleep 1000 &
one=$!
/bin/sleep 1000 &
two=$!
# Both must have called exec, or their names are still the shell's.
until [ "$(cat /proc/$one/comm)$(cat /proc/$two/comm)" = sleepsleep ]; do :; done

echo "TAP version 13"
probes_are idle
result $? "no probe is armed while there is no target"

add "pid $one" && [ "$(cat $D/targets)" = "pid $one" ]
result $? "pid N is taken and shown"
probes_are armed
result $? "every probe is armed as soon as there is one"
[ "$(awk 'NR > 1 { print $1 }' $D/processes)" = "$one" ]
result $? "only the target is followed"
awk '$1 == "Law1Residual:" && $2 != 0 { exit 1 }' $D/pid/$one/status
result $? "a target that is already asleep starts with residual 0"

refused "pid 4194304" "No such process" "there is no process" "a pid that does not exist: ESRCH"
refused "pid 2" "No such process" "no address space" "a kernel thread: ESRCH"
refused "pid 0" "Invalid argument" "not a process id" "pid 0: EINVAL"
refused "pid -1" "Invalid argument" "not a process id" "a negative pid: EINVAL"
refused "pid 12x" "Invalid argument" "not a process id" "a pid with a tail: EINVAL"
refused "pid 99999999999" "Invalid argument" "not a process id" "a pid too large for a number: EINVAL"
refused "pid" "Invalid argument" "not understood" "pid without a number: EINVAL"
refused "process 1" "Invalid argument" "not understood" "an unknown word: EINVAL"
refused "comm 0123456789abcdef" "rror" "longer than" "a name longer than the kernel keeps: E2BIG"
refused "-pid $two" "No such process" "no such target" "removing what is not there: ESRCH"
refused "$(head -c 5000 /dev/zero | tr '\0' x)" "rror" "too long" "a write of 5,000 bytes: E2BIG"
refused "pid $two
nonsense" "Invalid argument" "not understood" "a bad second line: the first is not carried out either"
refused "pid $two
pid 2" "No such process" "no address space" "a kernel thread in the second line: the first is not carried out either"
refused "pid $two
-comm nobody" "No such process" "no such target" "a removal of nothing in the second line: the first is not carried out either"

echo "pid $two" >$D/targets
[ "$(cat $D/targets)" = "pid $two" ]
result $? "> replaces the targets"
add "pid $one" && [ "$(sort $D/targets)" = "$(printf 'pid %s\n' "$one" "$two" | sort)" ]
result $? ">> adds"
(echo nonsense >$D/targets) 2>/dev/null
[ "$(grep -c . $D/targets)" = 2 ]
result $? "a bad write through > changes nothing"
! (echo "pid 2" >$D/targets) 2>/dev/null && [ "$(sort $D/targets)" = "$(printf 'pid %s\n' "$one" "$two" | sort)" ] &&
	[ "$(grep -c " live " $D/processes)" = 2 ]
result $? "a kernel thread through > changes nothing"
add "-pid $two" && [ "$(cat $D/targets)" = "pid $one" ] && [ ! -e $D/pid/$two ]
result $? "-pid N removes the target and its record"

add "comm sleep" && [ "$(awk 'NR > 1 && $13 == "live"' $D/processes | grep -c .)" = 2 ]
result $? "comm NAME follows the processes that have the name already"
/bin/sleep 1000 &
three=$!
until [ "$(cat /proc/$three/comm)" = sleep ]; do :; done
awk -v pid=$three '$1 == pid { found = 1 } END { exit !found }' $D/processes
result $? "comm NAME follows a process that gets the name by exec"

add "pid $one" && : >$D/targets && [ -z "$(cat $D/targets)" ] && ! grep -q " live " $D/processes
result $? ": > targets empties it"
add clear && [ -z "$(cat $D/targets)" ] && [ "$(grep -c . $D/processes)" = 1 ]
result $? "clear leaves nothing"
add all && awk -v pid=$two '$1 == pid { found = 1 } END { exit !found }' $D/processes
result $? "all follows everybody"
/bin/true
grep -q "exited true" $D/processes
result $? "all follows a process that comes later"
add -all && [ -z "$(cat $D/targets)" ] && ! grep -q " live " $D/processes
result $? "-all removes it"
probes_are idle
result $? "no probe is armed any more"

add all && add "pid $one" && add -all && [ "$(cat $D/targets)" = "pid $one" ] &&
	[ "$(awk '$13 == "live" { print $1 }' $D/processes)" = "$one" ]
result $? "all, pid N, -all: N is followed on, the others are not"
add all && add "-pid $one" && [ "$(cat $D/targets)" = all ] && awk -v pid=$one '$1 == pid && $13 == "live" { found = 1 } END { exit !found }' $D/processes
result $? "pid N, all, -pid N: N is followed on"
add clear

# A process that has ended leaves a child behind, which came in by its row.
mkfifo go
/bin/sh -c 'read go <go; /bin/sleep 1000 & echo $! >child' &
leader=$!
add "pid $leader" && echo >go && wait $leader
child=$(cat child)
[ "$(cat $D/targets)" = "pid $leader" ]
result $? "a row stays while a child of its process lives"
add "-pid $leader" && [ -z "$(cat $D/targets)" ] && ! grep -q " live " $D/processes
result $? "-pid N removes the row of a process that has ended"
kill "$child"

echo 0 >/sys/kernel/debug/kprobes/enabled
refused "pid $one" "" "kprobes do not fire" "kprobes are switched off: a target is refused, and the log says why"
echo 1 >/sys/kernel/debug/kprobes/enabled
add "pid $one" && [ "$(cat $D/targets)" = "pid $one" ] && probes_are armed
result $? "kprobes are switched on again: the target is taken"
add clear

! (echo 2 >$D/follow_fork) 2>/dev/null && [ "$(cat $D/follow_fork)" = 1 ] && grep -q "neither 0 nor 1" $D/error_log
result $? "follow_fork refuses what is neither 0 nor 1"
echo x >$D/error_log
[ -z "$(cat $D/error_log)" ]
result $? "a write to error_log clears it"

[ -z "$(find $D -type f -perm /077)" ]
result $? "no file is open to others than root"

kill $one $two $three
done_testing
