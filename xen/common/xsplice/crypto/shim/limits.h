/* For BearSSL: what <limits.h> has of C, from Xen. */
#include <xsp_env.h>

#ifndef CHAR_BIT
#define CHAR_BIT 8
#endif

#include "names.h"
