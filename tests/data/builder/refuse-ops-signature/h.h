/* SPDX-License-Identifier: GPL-2.0-or-later */
struct sig_ops {
	int (*get)(int n);
};
extern const struct sig_ops sig_ops;
