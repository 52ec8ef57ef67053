/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reverts.h - which commits of a history were taken back, and which of those came again
 */
#ifndef RELEASE_REVERTS_H
#define RELEASE_REVERTS_H

#include "release/history.h"

struct commit_fate {
	bool dead; /* a revert of it stands */
	bool touched; /* there is a revert of it, which may be taken back itself */
	bool is_revert; /* it reverts a commit of this history, or says that it is a revert */
};

/*
 * The fate of each commit of @h (newest first, as it comes), by "This reverts commit ID."
 * with seven digits or more, else by the subject in 'Revert "SUBJECT"'. A revert that is
 * itself reverted undoes nothing. free() the array.
 */
struct commit_fate *reverts_find(const struct history *h);

#endif
