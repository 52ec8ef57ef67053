// SPDX-License-Identifier: GPL-2.0-or-later
/* The text changes of one constant only, but from the other one leads to it. */
struct ring {
	const struct ring *next;
	const char *text;
};

static const struct ring ring_b;
static const struct ring ring_a = {&ring_b, "old"};
static const struct ring ring_b = {&ring_a, "same"};

const struct ring *ring_get_a(void)
{
	return &ring_a;
}

const struct ring *ring_get_b(void)
{
	return &ring_b;
}
