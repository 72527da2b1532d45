// SPDX-License-Identifier: GPL-2.0
/*
 * probe.c - the engine that arms the probe table, by kprobes and kretprobes
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "compat/kretprobe.h"
#include "error_log.h"
#include "probe.h"

enum probe_state { STATE_IDLE, STATE_ARMED, STATE_MISSING };

static const char *const state_names[] = {
	[STATE_IDLE] = "idle",
	[STATE_ARMED] = "armed",
	[STATE_MISSING] = "missing",
};

/**
 * struct engine - one row of the table, as it is armed
 * @ret: the kretprobe; its kprobe alone when the row has no leave()
 * @row: the row
 * @symbol: the function found, NULL before the first attempt
 * @state: under lock
 * @missed: of former times it was armed
 * @hits: calls that reached a handler, per CPU
 * @missed_before: misses at mms_probes_restart()
 * @hits_before: hits then
 */
struct engine {
	struct kretprobe ret;
	const struct mms_probe *row;
	const char *symbol;
	enum probe_state state;
	u64 missed;
	u64 __percpu *hits;
	u64 missed_before;
	u64 hits_before;
};

static struct engine *engines;
static struct kretprobe **returns; /* room for disarm() */
static struct kprobe **entries;
static unsigned int max_slots;
static DEFINE_MUTEX(lock); /* states, symbols, former misses: arming against "probes" being read */

static int call_enter(struct kprobe *probe, struct pt_regs *regs)
{
	struct engine *engine = container_of(probe, struct engine, ret.kp);

	this_cpu_inc(*engine->hits);
	engine->row->enter(NULL, regs);
	return 0;
}
NOKPROBE_SYMBOL(call_enter);

static int call_enter_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct engine *engine = container_of(get_kretprobe(instance), struct engine, ret);

	this_cpu_inc(*engine->hits);
	/* Non-zero: no return handler for this call. */
	return !engine->row->enter(instance->data, regs);
}
NOKPROBE_SYMBOL(call_enter_return);

static int call_leave(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	/* NULL when the probe is just being disarmed. */
	struct kretprobe *probe = get_kretprobe(instance);

	if (probe)
		container_of(probe, struct engine, ret)->row->leave(instance->data,
								    regs_return_value(regs));
	return 0;
}
NOKPROBE_SYMBOL(call_leave);

static u64 missed_now(const struct engine *engine)
{
	return engine->ret.kp.nmissed + engine->ret.nmissed;
}

static u64 missed_of(const struct engine *engine)
{
	return engine->missed + missed_now(engine) - engine->missed_before;
}

/* Calls that do not wait for a disk: what waits in them at once waits for mmap_lock. */
#define SHORT_SLOTS 2048U

static unsigned int slots_of(const struct mms_probe *row)
{
	return row->sleeps ? max_slots : min(max_slots, SHORT_SLOTS);
}

/* A kprobe that was registered once must be zeroed before it is registered again. */
static int arm_symbol(struct engine *engine, const char *symbol)
{
	memset(&engine->ret, 0, sizeof(engine->ret));
	engine->ret.kp.symbol_name = symbol;
	if (!engine->row->leave) {
		engine->ret.kp.pre_handler = call_enter;
		return register_kprobe(&engine->ret.kp);
	}
	engine->ret.entry_handler = call_enter_return;
	engine->ret.handler = call_leave;
	engine->ret.data_size = engine->row->data_size;
	engine->ret.maxactive = slots_of(engine->row);
	return register_kretprobe(&engine->ret);
}

static int arm(struct engine *engine)
{
	int error = -ENOENT;
	unsigned int i;

	for (i = 0; i < MMS_PROBE_SYMBOLS && engine->row->symbol[i]; i++) {
		error = arm_symbol(engine, engine->row->symbol[i]);
		if (!error) {
			engine->symbol = engine->row->symbol[i];
			engine->state = STATE_ARMED;
			return 0;
		}
	}
	engine->state = STATE_MISSING;
	memset(&engine->ret, 0, sizeof(engine->ret));
	return error;
}

/*
 * Disarm the first rows of the table. All kretprobes go at once, and all kprobes:
 * that is one grace period each instead of one for every row.
 */
static void disarm(unsigned int number)
{
	unsigned int i, nr_returns = 0, nr_entries = 0;

	for (i = 0; i < number; i++) {
		if (engines[i].state != STATE_ARMED)
			continue;
		if (engines[i].row->leave)
			returns[nr_returns++] = &engines[i].ret;
		else
			entries[nr_entries++] = &engines[i].ret.kp;
	}
	/* What begins goes first, so that nothing begins that would not be seen to end. */
	unregister_kretprobes(returns, nr_returns);
	unregister_kprobes(entries, nr_entries);
	for (i = 0; i < number; i++) {
		if (engines[i].state != STATE_ARMED)
			continue;
		engines[i].missed += missed_now(&engines[i]);
		memset(&engines[i].ret, 0, sizeof(engines[i].ret));
		engines[i].state = STATE_IDLE;
	}
}

/* Called with a probe on it; the compiler must neither inline nor drop it. */
noinline void mms_probe_me(void);
noinline void mms_probe_me(void)
{
	barrier();
}

static bool probe_me_seen;

static int see_probe_me(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(probe_me_seen, true);
	return 0;
}

/*
 * Probes can be set while all of them are switched off, and then they never
 * fire. One on a function of our own tells.
 */
static int check_that_probes_fire(void)
{
	struct kprobe probe = {
		.addr = (kprobe_opcode_t *)mms_probe_me,
		.pre_handler = see_probe_me,
	};
	int error = register_kprobe(&probe);

	if (error)
		return error;
	WRITE_ONCE(probe_me_seen, false);
	mms_probe_me();
	unregister_kprobe(&probe);
	return READ_ONCE(probe_me_seen) ? 0 : -ENXIO;
}

int mms_probes_arm(void)
{
	unsigned int i;
	int error = check_that_probes_fire();

	if (error) {
		mms_error_log("kprobes do not fire: error %d; switch them on: echo 1 > /sys/kernel/debug/kprobes/enabled; sysctl kernel.ftrace_enabled=1",
			      error);
		return error;
	}

	mutex_lock(&lock);
	for (i = 0; i < mms_probe_number; i++) {
		error = arm(&engines[i]);
		if (error && engines[i].row->required)
			break;
		error = 0;
	}
	if (error) {
		mms_error_log("required probe \"%s\" cannot be set on %s: error %d; is another tool using the function, or is it on the blacklist (/sys/kernel/debug/kprobes/blacklist)?",
			      engines[i].row->name, engines[i].row->symbol[0], error);
		disarm(i);
	}
	mutex_unlock(&lock);
	return error;
}

void mms_probes_disarm(void)
{
	mutex_lock(&lock);
	disarm(mms_probe_number);
	mutex_unlock(&lock);
}

static u64 hits_of(const struct engine *engine)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(engine->hits, cpu));
	return sum;
}

void mms_probes_show(struct seq_file *file)
{
	unsigned int i;

	seq_printf(file, "%-11s %-24s %-7s %12s %8s IF_MISSING\n", "NAME", "SYMBOL", "STATE", "HITS",
		   "MISSED");
	mutex_lock(&lock);
	for (i = 0; i < mms_probe_number; i++) {
		const struct engine *engine = &engines[i];

		seq_printf(file, "%-11s %-24s %-7s %12llu %8llu %s%s\n", engine->row->name,
			   engine->symbol ?: engine->row->symbol[0], state_names[engine->state],
			   hits_of(engine) - engine->hits_before, missed_of(engine),
			   engine->row->required ? "required: " : "", engine->row->if_missing);
	}
	mutex_unlock(&lock);
}

void mms_probes_restart(void)
{
	unsigned int i;

	mutex_lock(&lock);
	for (i = 0; i < mms_probe_number; i++) {
		engines[i].hits_before = hits_of(&engines[i]);
		engines[i].missed_before = engines[i].missed + missed_now(&engines[i]);
	}
	mutex_unlock(&lock);
}

u64 mms_probes_missed(void)
{
	unsigned int i;
	u64 sum = 0;

	mutex_lock(&lock);
	for (i = 0; i < mms_probe_number; i++)
		sum += missed_of(&engines[i]);
	mutex_unlock(&lock);
	return sum;
}

int mms_probes_init(unsigned int slots)
{
	unsigned int i;

	max_slots = slots;
	engines = kcalloc(mms_probe_number, sizeof(*engines), GFP_KERNEL);
	returns = kcalloc(mms_probe_number, sizeof(*returns), GFP_KERNEL);
	entries = kcalloc(mms_probe_number, sizeof(*entries), GFP_KERNEL);
	if (!engines || !returns || !entries)
		goto no_memory;
	for (i = 0; i < mms_probe_number; i++) {
		engines[i].row = &mms_probe_table[i];
		engines[i].hits = alloc_percpu(u64);
		if (!engines[i].hits)
			goto no_memory;
	}
	return 0;

no_memory:
	mms_probes_exit();
	return -ENOMEM;
}

void mms_probes_exit(void)
{
	unsigned int i;

	for (i = 0; engines && i < mms_probe_number; i++)
		free_percpu(engines[i].hits);
	kfree(entries);
	kfree(returns);
	kfree(engines);
}
