/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sort.h - sorting in place
 *
 * XSP_SORT(name, type, less) makes static void name(type *a, uint32_t n), a heap
 * sort: no recursion, no memory, n log n for every input. @less is called directly.
 */
#ifndef XSP_SORT_H
#define XSP_SORT_H

#define XSP_SORT(name, type, less)                                                                 \
	static void name##_sift(type *a, uint32_t i, uint32_t n)                                   \
	{                                                                                          \
		type moved = a[i];                                                                 \
		uint32_t child;                                                                    \
                                                                                                   \
		for (; (child = 2 * i + 1) < n; i = child) {                                       \
			if (child + 1 < n && less(&a[child], &a[child + 1]))                       \
				child++;                                                           \
			if (!less(&moved, &a[child]))                                              \
				break;                                                             \
			a[i] = a[child];                                                           \
		}                                                                                  \
		a[i] = moved;                                                                      \
	}                                                                                          \
	static void name(type *a, uint32_t n)                                                      \
	{                                                                                          \
		uint32_t i;                                                                        \
                                                                                                   \
		for (i = n / 2; i-- > 0;)                                                          \
			name##_sift(a, i, n);                                                      \
		while (n > 1) {                                                                    \
			type last = a[--n];                                                        \
                                                                                                   \
			a[n] = a[0];                                                               \
			a[0] = last;                                                               \
			name##_sift(a, 0, n);                                                      \
		}                                                                                  \
	}

#endif
