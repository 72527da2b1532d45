// SPDX-License-Identifier: GPL-2.0
/*
 * hook.c - what a hook on handle_mm_fault costs that does nothing
 *
 * One hook for as long as the module is loaded; the parameter "mode" says which.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

#define SYMBOL "handle_mm_fault"

static char *mode = "kprobe";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "kprobe, kretprobe, declined (a kretprobe whose entry handler declines)");

static int at_entry(struct kprobe *probe, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(at_entry);

static int decline(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return 1;
}
NOKPROBE_SYMBOL(decline);

static int at_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(at_return);

static struct kprobe entry = {
	.symbol_name = SYMBOL,
	.pre_handler = at_entry,
};

static struct kretprobe both = {
	.kp.symbol_name = SYMBOL,
	.handler = at_return,
	.maxactive = 64,
};

static bool entry_only(void)
{
	return !strcmp(mode, "kprobe");
}

static int __init bench_init(void)
{
	if (entry_only())
		return register_kprobe(&entry);
	if (!strcmp(mode, "declined"))
		both.entry_handler = decline;
	else if (strcmp(mode, "kretprobe"))
		return -EINVAL;
	return register_kretprobe(&both);
}

static void __exit bench_exit(void)
{
	if (entry_only()) {
		unregister_kprobe(&entry);
		return;
	}
	unregister_kretprobe(&both);
	if (both.nmissed)
		pr_warn("mmscope_bench: %d calls were missed\n", both.nmissed);
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Empty hooks on handle_mm_fault, for the bench");
MODULE_AUTHOR("mmscope");
MODULE_LICENSE("GPL");
