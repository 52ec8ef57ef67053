/* For BearSSL: what <stddef.h> has of C, from Xen. */
#include <xsp_env.h>

#include "names.h"
