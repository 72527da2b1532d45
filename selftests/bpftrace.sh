#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The module's figures against bpftrace's, which counts the same faults and system calls
# by itself (scripts/bpftrace/{faults,syscalls}.bt) and reads the trace events (cow.bt).
# Every comparison is exact. Who is right when two of them differ, the kernel's own count
# says: bpftrace must agree with it, or has missed something itself.
#
# bpftrace runs "bpftrace.sh --workload DIR" as its command, that is as soon as all its
# probes are attached, and ends with it. It counts the processes from their birth; what
# they did before they became targets is taken off by the kernel's count at that moment,
# at which they are stopped.
# usage: bpftrace.sh
set -u
. "$(dirname "$0")/tap.sh"
HERE=$(dirname "$0") # the scripts are beside this one, as NAME.bt
PAGES=1009
LEAST=101 # faults that every process of these scenarios makes: the pages touched at 1009

# The state, minor and major faults of a process as /proc/PID/stat has them; its name has no blank.
read_stat() {
	read -r _ _ state _ _ _ _ _ _ minor _ major _ <"/proc/$1/stat"
}

# run SCENARIO: as a target from before its exec; adds "PID ROLE MINOR MAJOR" to processes.
run() {
	# shellcheck disable=SC2016 # $$ and $@ are for the inner shell
	/bin/sh -c 'kill -STOP $$; exec "$@"' sh \
		allocgen run "$1" --pages $PAGES --json >"$1.json" 2>"$1.err" &
	pid=$!
	until read_stat $pid && [ "$state" = T ]; do :; done
	echo "pid $pid" >>$D/targets || return
	echo "$pid $1 $minor $major" >>processes
	kill -CONT $pid
	wait $pid
	# A forked child has its counts from its birth, in the kernel and in the module.
	grep -o '"role":"child","pid":[0-9]*' "$1.json" | sed 's/.*://' | sort -u |
		sed "s|\$| $1/child 0 0|" >>processes
}

workload() {
	cd "$1" || exit
	for scenario in anon-lazy cow-child zero-page; do
		run $scenario
	done
	while read -r pid _; do
		# The files of a forked process come by themselves, but a moment later.
		deadline=$(($(date +%s) + 30))
		until [ -e "$D/pid/$pid/faults" ] || [ "$(date +%s)" -gt $deadline ]; do :; done
		cat "$D/pid/$pid/status" >"$pid.status"
		cat "$D/pid/$pid/faults" >"$pid.faults"
	done <processes
	cat $D/stats >stats
	echo clear >$D/targets
}

if [ "${1:-}" = --workload ]; then
	workload "$2"
	exit
fi

# same NAME BPFTRACE MODULE: two figures that must be equal.
same() {
	[ "$2" = "$3" ] || echo "# bpftrace $2, module $3"
	[ "$2" = "$3" ]
	result $? "$role: $1: $2"
}

# Sum of a map's figures by its first key and, if given, the second one.
bt() { # MAP KEY [KEY]
	awk -F', ' -v map="$1" -v key="$2" -v second="${3:-}" \
		'$1 == map && $2 == key && (second == "" || $3 == second) { sum += $NF }
		END { print sum + 0 }' table
}

# A line of the status of process $pid; what is not there is not a number.
status() { # KEY
	awk -v key="$1:" '$1 == key { print $2; found = 1 } END { if (!found) print "?" }' "$pid.status"
}

# KIND REGION COUNT PAGES NS of one generation, as the fault events say.
kinds_of_events() { # PID GENERATION
	awk -F', ' -v pid="$1" -v gen="$2" \
		'$1 ~ /^fault/ && $2 == pid && $3 == gen { value[$1, $4 " " $5] = $NF; cell[$4 " " $5] }
		END { for (c in cell)
			print c, value["faults", c] + 0, value["fault_pages", c] + 0, value["fault_ns", c] + 0
		}' table | sort
}

# A process: $pid $role, and minor and major faults that it had made before it was a target.
compare() { # BASE-MINOR BASE-MAJOR
	entered=$(bt entered "$pid")
	minor=$(bt minor "$pid")
	major=$(bt major "$pid")
	returned=$((minor + major + $(bt retried "$pid") + $(bt failed "$pid")))
	minor=$((minor - $1))
	major=$((major - $2))
	gen=$(status Generation)

	[ "$entered" = $returned ] ||
		echo "# bpftrace saw $entered calls of handle_mm_fault begin and $returned end: it has missed some"
	[ "$entered" = $returned ] && [ $((minor + major)) -ge $LEAST ]
	result $? "$role: bpftrace has seen every call begin and end: $entered"

	kernel="$(status KernelMinFlt) $(status KernelMajFlt)"
	[ "$minor $major" = "$kernel" ] ||
		echo "# bpftrace $minor $major, kernel $kernel: bpftrace has missed some, or the module's baseline is wrong"
	[ "$minor $major" = "$kernel" ]
	result $? "$role: minor and major faults = KernelMinFlt, KernelMajFlt: $minor, $major"

	same "completed faults = ProcessFaults + RemoteOut" $((minor + major)) \
		$(($(status ProcessFaults) + $(status RemoteOut)))
	same "calls to be tried again = FaultRetries" "$(bt retried "$pid" allocgen)" "$(status FaultRetries)"
	same "calls that failed = FaultErrors" "$(bt failed "$pid" allocgen)" "$(status FaultErrors)"

	kinds_of_events "$pid" "$gen" >events.txt
	awk 'NR > 1 { print $1, $2, $3, $4, $5 }' "$pid.faults" | sort >module.txt
	[ -s module.txt ] && diff events.txt module.txt >difference
	equal=$?
	[ $equal -eq 0 ] || sed 's/^/# /; s/^# </# events:/; s/^# >/# module:/' difference
	result $equal "$role: fault events by kind and region = table faults (count, pages, ns)"
	same "fault events of all generations = ProcessFaults + RemoteIn" "$(bt faults "$pid")" \
		$(($(status ProcessFaults) + $(status RemoteIn)))
	same "cow_break events = CowBreaks" "$(bt cow "$pid" "$gen")" "$(status CowBreaks)"
	same "their pages = CowPages" "$(bt cow_pages "$pid" "$gen")" "$(status CowPages)"

	for call in Brk Mmap Munmap Mremap; do
		same "system calls $call" "$(bt "$(echo $call | tr '[:upper:]' '[:lower:]')" "$pid" allocgen)" \
			"$(status $call)"
	done
}

echo "TAP version 13"
if ! command -v bpftrace >/dev/null; then
	echo "1..0 # SKIP no bpftrace (scripts/vm/run --rootfs full has it)"
	exit 4
fi
echo "# $(bpftrace --version)"
cd "$(mktemp -d)" || exit
# One program, because starting one takes long: END may be there only once, and clears only
# what a person does not want to see.
for name in faults syscalls cow; do
	sed -e '/^#!/d' -e '/^END$/,/^}$/d' "$HERE/$name.bt"
done >all.bt
bpftrace all.bt -c "/bin/sh $0 --workload $PWD" >out 2>err && [ -s stats ]
ended=$?
[ $ended -eq 0 ] || sed 's/^/# /' err out
result $ended "bpftrace attaches to functions, system calls and mmscope's events"
if [ $ended -ne 0 ]; then
	echo "1..$n"
	exit 1
fi
cat err out | grep -iE '(^|[^a-z])(lost|missed|full|skipp)' >losses
[ ! -s losses ] || sed 's/^/# bpftrace: /' losses
[ ! -s losses ]
result $? "bpftrace says of no event that it was lost"
sed -nE 's/^@([a-z_]+)\[(.*)\]: ([0-9]+)$/\1, \2, \3/p' out >table

for scenario in anon-lazy cow-child zero-page; do
	grep -q '"type":"end","status":"ok"' $scenario.json
	ok=$?
	[ $ok -eq 0 ] || sed 's/^/# /' $scenario.err $scenario.json
	result $ok "$scenario has run"
done
[ "$(grep -c . processes)" -eq 4 ]
result $? "three processes and a forked one"
while read -r pid role base_minor base_major; do
	compare "$base_minor" "$base_major"
done <processes
[ $failed -eq 0 ] || sed -n 's/^lost_/# stats: lost_/p' stats
done_testing
