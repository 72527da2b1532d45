#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# usage: selftests/host/allocgen.sh
#
# allocgen without the module: its command line, its JSON, and, at every mark,
# its expectations against what the kernel itself says in /proc (faults, VSZ,
# RSS, anonymous and file pages, heap). Prints TAP. ALLOCGEN names the binary,
# out/bin/allocgen without it.
# shellcheck disable=SC2317 # the functions are called through check
set -euo pipefail

case ${1:-} in -h | --help) sed -n '3,8s/^# \?//p' "$0"; exit 0 ;; esac
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
allocgen=${ALLOCGEN:-${MMSCOPE_OUT:-$repo/out}/bin/allocgen}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names=(story freelist brk-grow mmap-threshold arenas calloc-lazy anon-lazy zero-page stack-grow
	file-private cow-child cow-parent cow-read)
sizes=(64 1009 4099)
number=0 failed=0

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

# check TEXT COMMAND...
check()
{
	local text=$1 status=0
	shift
	"$@" >"$work/notes" 2>&1 || status=$?
	result "$status" "$text"
}

# ends STATUS ARGUMENT...: with that status, one line on standard error, none on standard output.
ends()
{
	local expected=$1 status=0
	shift
	"$allocgen" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	echo "status $status, standard error: $(cat "$work/err")"
	[ "$status" -eq "$expected" ] && [ "$(wc -l <"$work/err")" -eq 1 ] && [ ! -s "$work/out" ]
}

help_and_version() { "$allocgen" --help | grep '^Usage: allocgen' && "$allocgen" --version; }

lists_all()
{
	"$allocgen" list | awk '{ print $1 }' | sort >"$work/listed"
	printf '%s\n' "${names[@]}" | sort | diff - "$work/listed"
	"$allocgen" list | awk 'length > 80 || NF < 3 { print "bad line: " $0; bad = 1 } END { exit bad }'
}

fits_80()
{
	"$allocgen" run "$1" >"$work/out" </dev/null || [ $? -eq 4 ]
	awk 'length > 80 || / $/ { print "bad line: " $0; bad = 1 } END { exit bad }' "$work/out"
}

# What differs between two runs: process ids and addresses.
normalised()
{
	"$allocgen" run "$1" --json --seed "$2" |
		sed -E 's/"(pid|address)":[0-9]+/"\1":0/g; s/"length":[0-9]+/"length":0/g'
}

# The resident depth of the stack at the start depends on where it was put.
same_for_a_seed()
{
	normalised "$1" 7 | grep -v '"to":"inside"' >"$work/first" || return 1
	normalised "$1" 7 | grep -v '"to":"inside"' | diff "$work/first" -
}

marks_on_fd()
{
	MMSCOPE_MARK_FD=7 "$allocgen" run story --json 7>"$work/marks" >"$work/out"
	cat "$work/marks"
	[ "$(grep -c '^mark ' "$work/marks")" -eq "$(grep -c '"type":"mark"' "$work/out")" ] &&
		[ "$(grep -c '^say ' "$work/marks")" -ge 8 ] && ! grep -vE '^(mark|say) .' "$work/marks"
}

mark_fd_is_bad() { MMSCOPE_MARK_FD=999 ends 2 run story; }

output_fails()
{
	local status=0
	"$allocgen" run story >/dev/full 2>"$work/err" || status=$?
	cat "$work/err"
	[ "$status" -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
}

skips_on_tmpfs()
{
	local status=0
	ALLOCGEN_DIR=/dev/shm "$allocgen" run file-private --json >"$work/out" || status=$?
	cat "$work/out"
	[ "$status" -eq 4 ] && tail -n 1 "$work/out" | grep -q '"status":"skip","reason":"ALLOCGEN_DIR'
}

# Each line one object, the first start, the last end with status ok.
well_formed()
{
	"$allocgen" run "$1" --json >"$work/out" 2>&1 || return 1
	awk '!/^{"type":"(start|mark|expect|asked|end)".*}$/ { print "bad line: " $0; bad = 1 }
		END { exit bad }' "$work/out"
	head -n 1 "$work/out" | grep '^{"type":"start"' &&
		tail -n 1 "$work/out" | grep '^{"type":"end","status":"ok"}$' &&
		grep -q '"type":"expect"' "$work/out"
}

cat >"$work/laws.py" <<'PYTHON'
"""Run a scenario step by step; hold its expectations against /proc at every mark."""
import json, re, subprocess, sys

PAGE_KB = 4

def read(pid, name):
    with open(f"/proc/{pid}/{name}") as file:
        return file.read()

def look(pid):
    stat = read(pid, "stat")
    stat = stat[stat.rindex(")") + 2:].split()
    rollup = dict(re.findall(r"^(\w+): +(\d+) kB", read(pid, "smaps_rollup"), re.M))
    rss, anon = (int(rollup[key]) // PAGE_KB for key in ("Rss", "Anonymous"))
    heap = re.findall(r"^(\w+)-(\w+) .*\[heap\]$", read(pid, "maps"), re.M)
    return {
        "fault.*.*": int(stat[7]) + int(stat[9]),
        "vsz_pages": int(read(pid, "statm").split()[0]),
        "rss_pages": rss,
        "anon_pages": anon,
        "file_pages": rss - anon,
        "heap_pages": sum(int(end, 16) - int(start, 16) for start, end in heap) // 4096,
    }

marks, expectations, end, wrong, held = {}, [], None, 0, 0
run = subprocess.Popen(sys.argv[1:] + ["--json", "--step"], text=True,
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in run.stdout:
    said = json.loads(line)
    if said["type"] == "mark":
        marks[said["name"]] = {who["role"]: look(who["pid"]) for who in said["processes"]}
        run.stdin.write("\n")
        run.stdin.flush()
    elif said["type"] == "expect":
        expectations.append(said)
    elif said["type"] == "end":
        end = said
status = run.wait()
if end and end["status"] == "skip":
    print(end["reason"])
    sys.exit(4)
for law in expectations:
    before, after = marks[law["from"]][law["role"]], marks[law["to"]][law["role"]]
    if law["counter"] not in before:
        continue
    change = after[law["counter"]] - before[law["counter"]]
    held += 1
    if not {"==": change == law["value"], ">=": change >= law["value"],
            "<=": change <= law["value"]}[law["op"]]:
        wrong += 1
        print(f"{law['from']}..{law['to']} {law['role']} {law['counter']}: expected "
              f"{law['op']} {law['value']}, is {change} ({law['law']})")
if status or end != {"type": "end", "status": "ok"} or not held:
    print(f"status {status}, end {end}, {held} laws looked at")
    wrong += 1
sys.exit(wrong != 0)
PYTHON

# laws NAME PAGES; may skip.
laws()
{
	local status=0 text="$1 with $2 pages: what /proc says"
	python3 "$work/laws.py" "$allocgen" run "$1" --pages "$2" --seed "$2" >"$work/notes" 2>&1 ||
		status=$?
	[ "$status" -ne 4 ] || { result 0 "$text # SKIP $(tail -n 1 "$work/notes")"; return 0; }
	result "$status" "$text"
}

: >"$work/notes"
bad_usage=("" "frob" "run" "run nope" "run story cow-read" "run story --frob" "run story --pages"
	"run story --pages x" "run story --pages 3" "run story --pages 99999999999"
	"run story --seed -1" "run story --hold" "list extra")
echo "TAP version 13"
echo "1..$((6 + ${#bad_usage[@]} + 3 * ${#names[@]} + ${#names[@]} * ${#sizes[@]}))"
check "list names every scenario in 80 columns" lists_all
check "help and version" help_and_version
for line in "${bad_usage[@]}"; do
	read -ra arguments <<<"$line"
	check "bad usage: allocgen $line" ends 2 ${arguments[@]+"${arguments[@]}"}
done
check "MMSCOPE_MARK_FD takes marks and steps" marks_on_fd
check "MMSCOPE_MARK_FD that is not open" mark_fd_is_bad
check "standard output that cannot be written" output_fails
check "file-private skips on tmpfs" skips_on_tmpfs
for name in "${names[@]}"; do
	check "$name: JSON lines and status ok" well_formed "$name"
	check "$name: text in 80 columns" fits_80 "$name"
	check "$name: the same for the same seed" same_for_a_seed "$name"
done
for name in "${names[@]}"; do
	for pages in "${sizes[@]}"; do
		if command -v python3 >/dev/null; then
			laws "$name" "$pages"
		else
			result 0 "$name with $pages pages # SKIP no python3"
		fi
	done
done
exit "$failed"
