#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# `mmscope run` and `mmscope story` on a real kernel: what they say, their exit
# statuses, and that they leave nothing behind.
set -u
. "$(dirname "$0")/tap.sh"
T=/tmp/tools
mkdir -p $T
cd $T || exit 1

# Run a command; its streams in out and err, its status in $status.
try() {
	"$@" >out 2>err
	status=$?
}

# No target, no tracefs instance, every probe idle.
clean() {
	[ -z "$(cat $D/targets)" ] && [ -z "$(ls /sys/kernel/tracing/instances)" ] &&
		probes_are idle
}

# One clear line on standard error, and the status.
one_line() { # STATUS TEXT
	[ "$status" -eq "$1" ] && [ "$(grep -c . err)" -eq 1 ] && grep -q "$2" err
}

echo "TAP version 13"
# In ASCII, because busybox counts bytes.
try env LC_ALL=C mmscope run -- allocgen run anon-lazy --pages 1009
[ $status -eq 0 ] && grep -q 'anon_alloc  anon' out && grep -q 'laws hold' out && grep -q 'nothing lost' out
result $? "run: summary, laws hold, nothing lost"
clean
result $? "run leaves no target and no armed probe"
! grep -q "$(printf '\033')" out
result $? "no colours into a pipe"
[ "$(awk '{ if (length > 80) bad = 1 } END { print bad + 0 }' out)" -eq 0 ]
result $? "run fits 80 columns"

try mmscope run -o tables -- allocgen run cow-child --json --pages 211
[ $status -eq 0 ] && grep -rq '^cow_copy *anon' tables
result $? "run -o leaves the tables"
try mmscope run -- sh -c 'exit 7'
[ $status -eq 7 ]
result $? "the command's status is passed on"
try mmscope run -- sh -c 'kill -KILL $$'
[ $status -eq 137 ]
result $? "a killed command: 128 + signal"
try mmscope run -- /no/such/command
one_line 127 /no/such/command
result $? "command not found: one line, status 127"
clean
result $? "command not found leaves no target"
try mmscope run -- /etc
one_line 126 /etc
result $? "command not executable: one line, status 126"

try mmscope story -- allocgen run story --json
# Sentences are broken over lines.
tr -s '\n ' ' ' <out >words
[ $status -eq 0 ] && grep -q 'mmap of 1,028 KiB at 0x[0-9a-f]*: VSZ +1,028 KiB, RSS +0' words
result $? "story: the mmap of 1 MiB, VSZ + 1,028 KiB, RSS + 0"
grep -q '255 first writes at [^:]*: page faults, anon_alloc, RSS +1,020 KiB' words
result $? "story: 255 first touches in one sentence, RSS + 1,020 KiB"
grep -q '101 writes to shared pages [^:]*: page faults, cow_copy, RSS +0' words
result $? "story: the 101 copies of the child"
grep -q 'events read, none lost' out
result $? "story: no event lost"
clean
result $? "story leaves no target and no tracefs instance"

try mmscope story -o t.dat -- allocgen run cow-child --json --pages 211
[ $status -eq 0 ] && trace-cmd report t.dat >events.txt 2>/dev/null &&
	grep -q 'fault:.* kind=cow_copy origin=user region=anon' events.txt &&
	grep -q 'cow_break:' events.txt && grep -q 'fork:' events.txt && grep -q 'exit:' events.txt
result $? "story -o: trace-cmd report reads the recording, names decoded"
told=$(grep -c 'cow_copy' out)
try mmscope story t.dat
[ $status -eq 0 ] && [ "$(grep -c 'cow_copy' out)" -ge 1 ] && [ "$told" -ge 1 ]
result $? "story FILE tells it again"
head -c 3000 t.dat >cut.dat
try mmscope story cut.dat
one_line 125 cut.dat
result $? "a truncated recording: one line, status 125"

rmmod mmscope
try mmscope run -- true
one_line 125 insmod
result $? "module not loaded: one line that says what to do, status 125"
umount /sys/kernel/debug/tracing 2>/dev/null
umount /sys/kernel/debug
try mmscope run -- true
one_line 125 mount
result $? "debugfs not mounted: one line that says what to do, status 125"

done_testing
