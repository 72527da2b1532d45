// SPDX-License-Identifier: GPL-2.0
/*
 * bugs.c - a module full of bugs, one for each detector of the debug kernel.
 *
 * scripts/vm/selftest inserts and removes it there and demands that the run is
 * found out for each of them. All are harmless enough for the guest to go on.
 * Functions of their own, so that reports name them.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/timer.h>

struct element {
	struct list_head node;
};

static noinline void rcu_list(void)
{
	LIST_HEAD(list);
	struct element one, *e;

	list_add_rcu(&one.node, &list);
	list_for_each_entry_rcu(e, &list, node)
		;
}

static noinline void sleep_in_atomic(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

static noinline void preemptible_cpu(void)
{
	int cpu = smp_processor_id();

	OPTIMIZER_HIDE_VAR(cpu);
}

static noinline void lock_order(void)
{
	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

static noinline void shift(void)
{
	int by = 64, value = 1;

	OPTIMIZER_HIDE_VAR(by);
	value <<= by;
	OPTIMIZER_HIDE_VAR(value);
}

static void nothing(struct timer_list *timer)
{
}

static noinline void active_timer(void)
{
	static struct timer_list timer;

	timer_setup(&timer, nothing, 0);
	mod_timer(&timer, jiffies + 1000 * HZ);
	timer_setup(&timer, nothing, 0);
	del_timer_sync(&timer);
}

static noinline void list_twice(void)
{
	LIST_HEAD(list);
	struct list_head node;

	list_add(&node, &list);
	list_del(&node);
	list_del(&node);
}

static noinline void out_of_bounds(void)
{
	char *p = kmalloc(8, GFP_KERNEL);
	int at = 8;

	OPTIMIZER_HIDE_VAR(at);
	if (p)
		READ_ONCE(p[at]);
	kfree(p);
}

static noinline void use_after_free(void)
{
	char *p = kmalloc(8, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	if (p)
		READ_ONCE(*p);
}

/* More than one: an address left on a stack or in a register hides its object. */
static noinline void leak(void)
{
	char *p;

	for (int i = 0; i < 32; i++) {
		p = kzalloc(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(p);
	}
}

static int __init bugs_init(void)
{
	/* RCU first: lockdep goes off with its first report, and with KASAN's. */
	rcu_list();
	sleep_in_atomic();
	preemptible_cpu();
	lock_order();
	shift();
	active_timer();
	list_twice();
	out_of_bounds();
	use_after_free();
	leak();
	return 0;
}
module_init(bugs_init);

static void __exit bugs_exit(void)
{
}
module_exit(bugs_exit);

MODULE_DESCRIPTION("one bug for each detector of the debug kernel");
MODULE_LICENSE("GPL");
