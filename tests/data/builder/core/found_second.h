/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For payload-new-header-found-first, whose patch brings a header of this name. */
#define FOUND 2
