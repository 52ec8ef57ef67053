/*
 * For BearSSL: it has functions of these names. Xen has macros; in 4.17 in a header
 * that is not included here, in 4.20 in one that <xen/lib.h> includes. No include
 * guard: what was included last brings them in.
 */
#undef MIN
#undef MAX
