# SPDX-License-Identifier: GPL-2.0
# mmscope: `make help` says what there is. Kbuild, beside this file, builds the module.
KDIR ?= /lib/modules/$(shell uname -r)/build
export OUT := $(CURDIR)/out

all: module tools

module:
	@if [ -e "$(KDIR)/Makefile" ]; then \
		$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules; \
	else \
		echo "no kernel headers in $(KDIR): building the tools only (KDIR=... names others)"; \
	fi

tools:
	$(MAKE) -C userspace OUT="$(OUT)"

selftests:
	$(MAKE) -C selftests OUT="$(OUT)"

deps:
	@scripts/deps

demo:
	@scripts/demo

test:
	@scripts/test

check:
	@scripts/check

bench:
	@scripts/bench/run

clean:
	rm -rf out mmscope.ko mmscope.o mmscope.mod mmscope.mod.c mmscope.mod.o .*.cmd \
		modules.order Module.symvers .Module.symvers* .modules.order*
	find module -name '*.o' -o -name '*.cmd' -o -name '*.mod' | xargs -r rm -f

help:
	@echo 'make           the module for KDIR (default: the running kernel) and the tools in out/bin'
	@echo 'make demo      boot a VM, run a workload under mmscope, show the story'
	@echo 'make test      all checks and tests, on this machine and in VMs'
	@echo 'make check     static checks only'
	@echo 'make bench     what following a process costs, in instructions per fault'
	@echo 'make deps      install the Debian packages that all this needs'
	@echo 'make module | tools | selftests   one part'
	@echo 'make clean     remove what was built (the cache stays: ~/.cache/mmscope)'

.PHONY: all module tools selftests deps demo test check bench clean help
