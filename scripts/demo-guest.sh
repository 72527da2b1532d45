#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The guest's part of `make demo`: the story, then what the module's files say.
set -eu

mms=/sys/kernel/debug/mmscope
status=0
mmscope story -o /out/trace.dat -- allocgen run story --pages 64 || status=$?

# debugfs files have no size: read them one by one.
cd "$mms"
mkdir -p /out/debugfs
for file in targets follow_fork probes stats processes error_log pid/*/*; do
	if [ -f "$file" ]; then
		mkdir -p "/out/debugfs/$(dirname "$file")"
		cat "$file" >"/out/debugfs/$file"
	fi
done
exit "$status"
