#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# usage: selftests/host/cli.sh
#
# The mmscope command without a kernel module: what it prints, compared with
# golden files in selftests/host/data; its errors and exit statuses; broken
# input; and `run` against a tree of plain files in which the traced command
# itself plays the module. Prints TAP. MMSCOPE names the binary, out/bin/mmscope
# without it. ACCEPT=1 takes what is printed now as the new golden files.
# shellcheck disable=SC2016 # programs of sed and of the played command
set -euo pipefail

case ${1:-} in -h | --help) sed -n '3,9s/^# \?//p' "$0"; exit 0 ;; esac
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
data=$repo/selftests/host/data
mmscope=${MMSCOPE:-${MMSCOPE_OUT:-$repo/out}/bin/mmscope}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failed=0
unset NO_COLOR COLUMNS MMSCOPE_DEBUGFS MMSCOPE_TRACEFS MMSCOPE_SECURITYFS
export LC_ALL=C TERM=xterm

# result STATUS TEXT: one line of TAP; a failed one with the notes in $work/notes.
result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' "$work/notes"
		failed=1
	fi
	: >"$work/notes"
}

# run COMMAND...: its status, standard output and standard error are kept.
run()
{
	status=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# golden NAME TEXT: what was printed last is $data/NAME.
golden()
{
	local same=0
	if [ -n "${ACCEPT:-}" ]; then
		cp "$work/out" "$data/$1"
	fi
	diff -u "$data/$1" "$work/out" >"$work/notes" 2>&1 || same=1
	[ "$same" -eq 0 ] || echo "to accept the change: ACCEPT=1 selftests/host/cli.sh" >>"$work/notes"
	[ "$status" -eq 0 ] || { same=1; echo "status $status" >>"$work/notes"; }
	[ ! -s "$work/err" ] || { same=1; cat "$work/err" >>"$work/notes"; }
	result "$same" "$2"
}

# fails STATUS PATTERN TEXT: the last run ended so, with one line on standard error that matches.
fails()
{
	local good=0
	[ "$status" -eq "$1" ] || good=1
	[ "$(wc -l <"$work/err")" -eq 1 ] || good=1
	grep -qE "^mmscope: $2" "$work/err" || good=1
	{
		echo "expected status $1 and one line: $2"
		echo "got status $status and: $(cat "$work/err")"
	} >"$work/notes"
	result "$good" "$3"
}

# holds PATTERN TEXT: the last run printed a line that matches.
holds()
{
	local good=0
	grep -qE "$1" "$work/out" || good=1
	{ echo "no line matches: $1"; tail -n 40 "$work/out" "$work/err"; } >"$work/notes"
	result "$good" "$2"
}

# tree: a fresh $work/debug like the module's, which follows nothing yet.
tree()
{
	rm -rf "$work/debug"
	mkdir -p "$work/debug/mmscope/pid" "$work/debug/kprobes" "$work/security"
	cp "$data"/run-cow-child/probes "$work/debug/mmscope/"
	cp "$data"/run-cow-child/stats.before "$work/debug/mmscope/stats"
	sed 1q "$data"/run-cow-child/processes >"$work/debug/mmscope/processes"
	: >"$work/debug/mmscope/targets"
	: >"$work/debug/mmscope/error_log"
	echo '[none] integrity confidentiality' >"$work/security/lockdown"
	export MMSCOPE_DEBUGFS=$work/debug MMSCOPE_SECURITYFS=$work/security
}

# broken NAME SED-EXPRESSION FILE: a copy of the saved run, FILE of it changed.
broken()
{
	rm -rf "$work/broken"
	cp -r "$data/run-cow-child" "$work/broken"
	sed -i "$1" "$work/broken/$2"
}

# --- the command line
run "$mmscope" --help
golden help.out "--help lists the commands"
run "$mmscope" run --help
golden help-run.out "run --help"
run "$mmscope" story --help
golden help-story.out "story --help"
tallest=$(wc -l "$data"/help*.out | awk '$2 != "total" && $1 > max { max = $1 } END { print max }')
widest=$(cat "$data"/help*.out | wc -L)
echo "lines $tallest, columns $widest" >"$work/notes"
result "$([ "$tallest" -le 24 ] && [ "$widest" -le 80 ] && echo 0 || echo 1)" "every help fits a screen of 80x24"
run "$mmscope" --version
holds '^mmscope [0-9.]+ \(ABI [0-9]+\)$' "--version"
run "$mmscope"
fails 125 'a command is missing: see mmscope --help$' "no command"
run "$mmscope" dance
fails 125 "unknown command 'dance': see mmscope --help\$" "unknown command"
run "$mmscope" run --dance -- true
fails 125 "unknown option '--dance'" "unknown option"
run "$mmscope" run -o
fails 125 '-o wants a value' "option without its value"
run "$mmscope" run
fails 125 'what shall be run\?' "run without a command"
run "$mmscope" story
fails 125 'what shall be told\?' "story without a command"
run "$mmscope" story --buffer-kb 1x -- true
fails 125 "--buffer-kb wants a number from 4 to [0-9]+, not '1x'" "a number that is none"

# --- views, golden
run "$mmscope" run --from "$data/run-cow-child"
golden run-cow-child.out "run --from: figures and picture in ASCII"
run env LC_ALL=C.UTF-8 "$mmscope" run --from "$data/run-cow-child"
golden run-cow-child-utf8.out "run --from: picture in block characters"
run bash -c 'cd "$1" && "$2" story events.txt' - "$data" "$mmscope"
golden events.out "story: every sort of event, folded"
run bash -c 'cd "$1" && "$2" story --all-events events.txt' - "$data" "$mmscope"
golden events-all.out "story --all-events: every event by itself"
run bash -c 'cd "$1" && "$2" story story.dat' - "$data" "$mmscope"
golden story-dat.out "story of a recording (trace.dat of kernel 7.2)"
run bash -c 'cd "$1" && "$2" story --max-events 10 events.txt' - "$data" "$mmscope"
holds 'not told: more than --max-events' "story --max-events counts what it leaves out"

echo "widest line: $(wc -L "$data"/*.out)" >"$work/notes"
result "$([ "$(cat "$data"/*.out | LC_ALL=C.UTF-8 wc -L)" -le 80 ] && echo 0 || echo 1)" "every view fits 80 columns"

printf '# mmscope events\n%s\n%s\n' '1 0 exec tgid=1 vsz_pages=1' \
	'1000 0 mmap tgid=1 vsz_pages=1025' >"$work/events"
run "$mmscope" story "$work/events"
holds '^ +[|] +#$' "a peak at the last moment is in the picture"

# The sums of a story are the same whether it is folded or not.
tail -n 6 "$data/events.out" >"$work/a"
tail -n 6 "$data/events-all.out" >"$work/b"
result "$(diff "$work/a" "$work/b" >"$work/notes" && echo 0 || echo 1)" "folding changes no sum"

# --- colours: on a terminal only, and not against NO_COLOR
colours()
{
	script -qec "$1" /dev/null </dev/null | grep -c $'\033' || true
}
if command -v script >/dev/null; then
	shown="$mmscope run --from $data/run-cow-child"
	echo "colours: $(colours "$shown")" >"$work/notes"
	result "$([ "$(colours "$shown")" -gt 0 ] && echo 0 || echo 1)" "colours on a terminal"
	result "$([ "$(colours "NO_COLOR=1 $shown")" -eq 0 ] && echo 0 || echo 1)" "NO_COLOR: none"
	result "$([ "$(colours "$shown --no-color")" -eq 0 ] && echo 0 || echo 1)" "--no-color: none"
else
	for text in "colours on a terminal" "NO_COLOR: none" "--no-color: none"; do
		number=$((number + 1))
		echo "ok $number - $text # SKIP no script(1)"
	done
fi

# --- losses, residuals and missing probes are shown
broken 's/^lost_process_nomem .*/lost_process_nomem 1234/' stats
run "$mmscope" run --from "$work/broken"
holds '^  LOST during this run: lost_process_nomem 1,234$' "a loss is shown"
sed -i 's/^lost_process_nomem .*/lost_process_nomem 1234/' "$work/broken/stats.before"
run "$mmscope" run --from "$work/broken"
holds '^  lost before this run: lost_process_nomem 1,234$' "an old loss is told apart"
broken 's/^Law1Residual:.*/Law1Residual: -3/' pid/96/status
run "$mmscope" run --from "$work/broken"
holds 'law broken in process 96: .*residual -3$' "a residual that is not 0 is shown"
broken '/^mremap/s/armed  /missing/' probes
run "$mmscope" run --from "$work/broken"
holds 'not seen, as this kernel has no __x64_sys_mremap: mremap calls' "a missing probe is shown"

# --- broken input
broken '/^FaultsGup\|^CowPages\|^Law/d' pid/95/status
run "$mmscope" run --from "$work/broken"
holds '^  COW breaks +13  - pages copied' "status with missing keys: shown as -"
holds 'law broken in process 95: .*residual -$' "a law that is not told does not hold"
broken 's/^RSS:.*/RSS: lots/' pid/95/status
run "$mmscope" run --from "$work/broken"
fails 125 '.*pid/95/status is not understood at line [0-9]+ \("RSS"\)' "status: a number that is none"
broken 's/^VmX.*//;3s/.*/garbage without a colon/' pid/95/status
run "$mmscope" run --from "$work/broken"
fails 125 '.*pid/95/status is not understood at line 3' "status: a line without a key"
broken '2,$d' pid/95/timeline
run "$mmscope" run --from "$work/broken"
holds '^no picture: not one point' "timeline without points"
broken 'd' pid/95/timeline
run "$mmscope" run --from "$work/broken"
fails 125 '.*pid/95/timeline is empty' "timeline without a header"
broken '$s/ [0-9]*$//' pid/95/timeline
run "$mmscope" run --from "$work/broken"
fails 125 '.*pid/95/timeline is not understood at line [0-9]+: 9 columns instead of 10' "timeline cut off in a line"
broken '1s/VSZ/SIZE/' pid/95/timeline
run "$mmscope" run --from "$work/broken"
fails 125 '.*pid/95/timeline has no column VSZ' "timeline of another version"
broken '2s/[0-9][0-9]*/many/' pid/95/faults
run "$mmscope" run --from "$work/broken"
fails 125 '.*pid/95/faults is not understood: row 1 \(anon_zero anon\)' "faults: a count that is no number"
broken '/^ *95/d' processes
run "$mmscope" run --from "$work/broken"
fails 125 'the module kept no record of process 95' "processes without the command"
broken 's/.*/nonsense/' stats
run "$mmscope" run --from "$work/broken"
fails 125 'stats is not understood at line 1' "stats that are none"
broken '' run
rm -r "$work/broken/pid/96"
run "$mmscope" run --from "$work/broken"
holds '^  not checked: 1 processes whose records' "a descendant's record that was pushed out"
run "$mmscope" run --from "$work/nowhere"
fails 125 'cannot read .*/nowhere/run: No such file' "run --from a folder that is not there"
head -c 6000 "$data/story.dat" >"$work/short.dat"
run "$mmscope" story "$work/short.dat"
fails 125 '.*short.dat' "a recording that is cut off"
head -c 5000 /dev/zero >"$work/zero.dat"
run "$mmscope" story "$work/zero.dat"
fails 125 '.*zero.dat is no recording that can be read' "a file that is no recording"
run "$mmscope" story "$work/nowhere.dat"
fails 125 'cannot read .*nowhere.dat: No such file' "a recording that is not there"
printf '# mmscope events\n1 0 fault kind=strange\n' >"$work/events"
run "$mmscope" story "$work/events"
fails 125 '.*events is not understood at line 2' "a text of events that is broken"
printf '# mmscope events\n' >"$work/events"
run "$mmscope" story "$work/events"
fails 125 '.*events holds no event' "a text without events"
printf '# mmscope events\n1 0 say \033[31mred\n2 0 brk tgid=1\n' >"$work/events"
run "$mmscope" story "$work/events"
holds '^\?\[31mred' "a program's words cannot give orders to the terminal"

# --- is everything there?
tree
rm -rf "$work/debug"
run "$mmscope" run -- true
fails 125 'debugfs is not there' "no debugfs"
tree
rm -r "$work/debug/mmscope"
run "$mmscope" run -- true
fails 125 'the module is not loaded: sudo insmod mmscope.ko$' "module not loaded"
echo 'none [integrity] confidentiality' >"$work/security/lockdown"
run "$mmscope" run -- true
fails 125 'the module is not loaded and the kernel is locked down \(integrity\)' "kernel locked down"
rm -r "$work/debug/kprobes"
run "$mmscope" run -- true
fails 125 'this kernel has no kprobes' "kernel without kprobes"
tree
sed -i 's/^abi_version .*/abi_version 99/' "$work/debug/mmscope/stats"
run "$mmscope" run -- true
fails 125 'the loaded module speaks ABI version 99, this mmscope 1:' "module of another ABI"
tree
sed -i '/^fault/s/armed  /missing/' "$work/debug/mmscope/probes"
run "$mmscope" run -- true
fails 125 'this kernel cannot be probed at handle_mm_fault' "a required probe is missing"
tree
if [ "$(id -u)" -eq 0 ]; then
	chmod 700 "$work/debug/mmscope"
	chmod 755 "$work"
	# The program may lie where only root comes.
	install -m 755 "$mmscope" "$work/mmscope"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$work/mmscope" run -- true
else
	chmod 000 "$work/debug/mmscope/targets"
	run "$mmscope" run -- true
fi
fails 125 'this needs root: run it again with sudo$' "not root"
if [ "$(id -u)" -eq 0 ]; then
	chmod 700 "$work/debug"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$work/mmscope" run -- true
else
	chmod 700 "$work/debug/mmscope/targets"
	chmod 000 "$work/debug"
	run "$mmscope" run -- true
	chmod 700 "$work/debug"
fi
fails 125 'this needs root: run it again with sudo$' "not root, and debugfs is closed to others"
tree
MMSCOPE_TRACEFS=$work/nowhere run env MMSCOPE_TRACEFS="$work/nowhere" "$mmscope" story -- true
fails 125 'tracefs is not there' "no tracefs"
mkdir -p "$work/trace"
run env MMSCOPE_TRACEFS="$work/trace" "$mmscope" story -- true
fails 125 'cannot make a trace instance' "tracefs without instances"

# --- run, with a command that plays the module
tree
cat >"$work/play" <<'EOF'
#!/usr/bin/env bash
# Writes the files of process 95 of the saved run as those of this process, then does as told.
dir=$MMSCOPE_DEBUGFS/mmscope
cp -r "$SAVED/pid/95" "$dir/pid/$$"
cp -r "$SAVED/pid/96" "$dir/pid/96"
echo >"$dir/pid/$$/events"
echo >"$dir/pid/96/events"
sed -E "s/^ +95 /$$ /;s/^( +96 +)95 /\1$$ /" "$SAVED/processes" >"$dir/processes"
cp "$SAVED/stats" "$dir/stats"
cp "$dir/targets" "$dir/targets.seen"
eval "$1"
EOF
chmod +x "$work/play"
export SAVED=$data/run-cow-child
run "$mmscope" run -o "$work/saved" -- "$work/play" 'echo hello'
echo "status $status: $(cat "$work/err")" >"$work/notes"
result "$status" "run: ends as the command"
holds '^hello$' "run: the command's own output comes first"
holds 'play echo hello \(pid [0-9]+\) ended with status 0 after' "run: the summary"
pid=$(sed -n 's/.*play echo hello (pid \([0-9]*\)).*/\1/p' "$work/out")
cat "$work/debug/mmscope/targets.seen" >"$work/notes"
result "$([ "$(cat "$work/debug/mmscope/targets.seen")" = "pid $pid" ] && echo 0 || echo 1)" \
	"run: the command was a target before it began"
result "$([ "$(tail -n 1 "$work/debug/mmscope/targets")" = "-pid $pid" ] && echo 0 || echo 1)" \
	"run: its target is removed"
cp "$work/out" "$work/first"
run "$mmscope" run --from "$work/saved"
sed 1d "$work/first" | diff - "$work/out" >"$work/notes" && same=0 || same=1
result "$same" "run -o: what was left shows the same again"
run "$mmscope" run -- "$work/play" 'exit 7'
result "$([ "$status" -eq 7 ] && echo 0 || echo 1)" "run: the command's exit status"
run "$mmscope" run -- "$work/play" 'kill -TERM $$'
result "$([ "$status" -eq 143 ] && echo 0 || echo 1)" "run: 128 + the signal that killed it"
holds 'was killed by SIGTERM after' "run: the signal is named"
run "$mmscope" run -- "$work/play" 'mmscope=$PPID; (sleep 0.3; kill -INT $mmscope) & exec sleep 30'
result "$([ "$status" -eq 130 ] && echo 0 || echo 1)" "run: an interrupt is passed on"
holds 'was killed by SIGINT after' "run: the summary comes all the same"
run "$mmscope" run -- "$work/play" 'trap "" TERM; kill -TERM $PPID; sleep 0.2; kill -TERM $PPID; sleep 5'
result "$([ "$status" -eq 137 ] && echo 0 || echo 1)" "run: a second SIGTERM kills a command that does not listen"

tree
run "$mmscope" run -- "$work/no-such-command"
fails 127 '.*/no-such-command: command not found$' "command not found"
result "$([ "$(wc -l <"$work/debug/mmscope/targets")" -eq 2 ] && echo 0 || echo 1)" "no target left behind"
: >"$work/plain"
run "$mmscope" run -- "$work/plain"
fails 126 '.*/plain: cannot be executed: Permission denied$' "command that cannot be executed"
chmod 444 "$work/debug/mmscope/targets"
rm "$work/debug/mmscope/targets"
mkdir "$work/debug/mmscope/targets"
run "$mmscope" run -- true
fails 125 'cannot open .*/targets' "targets that cannot be written"
tree
run "$mmscope" run -- true
fails 125 'the module kept no record of process' "a process that the module has no record of"
tree
status=0
"$mmscope" run --from "$data/run-cow-child" >/dev/full 2>"$work/err" || status=$?
fails 125 'cannot write standard output: No space left on device$' "standard output that is full"

echo "1..$number"
exit "$failed"
