// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/xen.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xencall.h>
#include <xentoollog.h>

#define PRIVCMD "/dev/xen/privcmd"

static long real_call(void *ctx, unsigned int op, uint64_t arg1, uint64_t arg2)
{
	int rc = xencall2(ctx, op, arg1, arg2);

	return rc < 0 ? -errno : rc;
}

static void *real_alloc(void *ctx, size_t size)
{
	void *p = xencall_alloc_buffer(ctx, size);

	return p ? memset(p, 0, size) : NULL;
}

static void real_free(void *ctx, void *p)
{
	xencall_free_buffer(ctx, p);
}

static uint64_t real_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void real_sleep(void *ctx, uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u),
	};

	(void)ctx;
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}

static void real_close(void *ctx)
{
	xencall_close(ctx);
}

/* The library logs its own words for what explain_open() says. */
static void no_message(struct xentoollog_logger *l, xentoollog_level level, int errnoval,
		       const char *context, const char *format, va_list al)
{
	(void)l;
	(void)level;
	(void)errnoval;
	(void)context;
	(void)format;
	(void)al;
}

static void no_progress(struct xentoollog_logger *l, const char *context, const char *what,
			int percent, unsigned long done, unsigned long total)
{
	(void)l;
	(void)context;
	(void)what;
	(void)percent;
	(void)done;
	(void)total;
}

static void no_destroy(struct xentoollog_logger *l)
{
	(void)l;
}

/* Says why the library could not open the device: it loses errno on the way. */
static int explain_open(struct err *e)
{
	int fd = open(PRIVCMD, O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return err_fail(e, PRIVCMD ": libxencall cannot use it: see the kernel's log");
	}
	if (errno == EACCES || errno == EPERM)
		return err_fail(e, PRIVCMD ": no permission: run this as root in dom0");
	if (errno != ENOENT && errno != ENODEV && errno != ENXIO)
		return err_sys(e, errno, PRIVCMD ": cannot open");
	if (access("/sys/hypervisor/type", F_OK) && access("/proc/xen", F_OK))
		return err_set(e, ERR_UNSUPPORTED,
			       "this machine does not run on Xen (there is no " PRIVCMD
			       "): run this in dom0 of a Xen host");
	return err_fail(e, PRIVCMD ": does not exist: load the kernel module xen-privcmd "
				   "(modprobe xen-privcmd)");
}

int xen_open(struct xen *x, struct err *e)
{
	static struct xentoollog_logger silent = {
		.vmessage = no_message,
		.progress = no_progress,
		.destroy = no_destroy,
	};
	xencall_handle *h = xencall_open(&silent, 0);

	if (!h)
		return explain_open(e);
	*x = (struct xen){
		.ctx = h,
		.call = real_call,
		.alloc = real_alloc,
		.free = real_free,
		.now = real_now,
		.sleep = real_sleep,
		.close = real_close,
	};
	return 0;
}
