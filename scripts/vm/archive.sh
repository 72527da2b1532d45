# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# Debian's archive as a kernel's row in kernels.tsv sees it. Sourced.
#
# A row of the host's own suite uses the host's apt as configured. Any other row
# gets package lists of its own in the cache; only the archive's base address
# comes from the host's configuration, so that a user's mirror is followed.

KERNELS=$REPO/scripts/vm/kernels.tsv

# row SERIES: sets the variables of one row; fails when there is none.
row()
{
	SERIES=$1
	local line
	line=$(grep -v '^#' "$KERNELS" | awk -F'\t' -v s="$1" '$1 == s') || true
	if [ -z "$line" ]; then
		fail 72 "no kernel '$1'; there are: $(all_series | paste -sd' ')"
	fi
	IFS=$'\t' read -r _ SUITES IMAGE HEADERS MODULES STATE <<<"$line"
	SUITE=${SUITES%%,*}
	APT=()
	if ! on_host; then
		APT_DIR=$CACHE/apt/$SERIES
		APT=(-o "Dir::Etc::sourcelist=$APT_DIR/sources.list"
			-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
			-o Dir::Etc::preferencesparts=/dev/null
			-o "Dir::State=$APT_DIR/state"
			-o "Dir::State::status=$APT_DIR/status"
			-o "Dir::Cache=$APT_DIR/cache"
			-o APT::Architecture=amd64 -o APT::Architectures=amd64
			-o Acquire::Check-Valid-Until=false
			-o Acquire::GzipIndexes=true
			-o APT::Sandbox::User=)
	fi
}

all_series()
{
	grep -v '^#' "$KERNELS" | cut -f1
}

# series_that_are STATE: supported, canary or detectors.
series_that_are()
{
	grep -v '^#' "$KERNELS" | awk -F'\t' -v s="$1" '$6 == s { print $1 }'
}

host_suite()
{
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# Is the row's module built with the host's own compiler and headers?
on_host()
{
	[ "$SUITE" = "$(host_suite)" ]
}

# archive_base SUITE: the base address that the host's apt uses for this kind of suite.
archive_base()
{
	local host kind
	host=$(host_suite)
	kind=$host
	case $1 in *-security) kind=$host-security ;; esac
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
		awk -v k="$kind" '$1 == k { print $2; exit }'
}

# archive_sources: sources.list lines for the row.
archive_sources()
{
	local suite base
	for suite in ${SUITES//,/ }; do
		base=$(archive_base "$suite")
		[ -n "$base" ] || return 1
		echo "deb $base $suite main"
	done
}

# archive_update [now]: refresh the package lists, at most once a day unless
# asked. Being offline is no error while there are lists: what is cached stays good.
archive_update()
{
	local stamp=$CACHE/apt/$SERIES.updated
	mkdir -p "$CACHE/apt"
	if [ "${1:-}" != now ] && [ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ]; then
		return 0
	fi
	say "kernel $SERIES: asking the archive for news"
	if on_host; then
		as_root apt-get -qq update </dev/null >/dev/null 2>&1 || true
	else
		mkdir -p "$APT_DIR/state/lists/partial" "$APT_DIR/cache/archives/partial"
		: >"$APT_DIR/status"
		archive_sources >"$APT_DIR/sources.list.new" ||
			fail 72 "apt knows no archive for '$SUITES' (apt-get indextargets is empty)"
		mv "$APT_DIR/sources.list.new" "$APT_DIR/sources.list"
		apt-get "${APT[@]}" -qq update </dev/null >"$APT_DIR/log" 2>&1 || true
		rm -f "$APT_DIR"/cache/*.bin
	fi
	touch "$stamp"
}

# newest PATTERN: the newest package of that name or glob.
newest()
{
	case $1 in
	*'*'*)
		apt-cache "${APT[@]}" pkgnames "${1%%\**}" |
			while read -r name; do
				# shellcheck disable=SC2254 # a glob is meant
				case $name in $1) echo "$name" ;; esac
			done | sort -V | tail -n 1 ;;
	*) echo "$1" ;;
	esac
}

# image_packages: the packages that hold the row's kernel and its modules (the
# image may be a meta package, and since 7.x is split in four).
image_packages()
{
	local name
	name=$(newest "$IMAGE")
	apt-cache "${APT[@]}" depends --recurse --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$name" 2>/dev/null |
		grep -E '^linux-(image|binary|modules|base)-[0-9]' | sort -u
}

# archive_version: VERSION (as uname -r says it) and the package versions, in one
# line; empty when the archive is not known.
archive_version()
{
	local packages name
	packages=$(image_packages) || return 0
	name=$(head -n 1 <<<"$packages")
	[ -n "$name" ] || return 0
	echo "$(sed -E 's/^linux-(image|binary|modules|base)-//; s/-unsigned$//' <<<"$name")" \
		"$(apt-cache "${APT[@]}" show --no-all-versions "$name" | sed -n 's/^Version: //p' | head -n 1)"
}
