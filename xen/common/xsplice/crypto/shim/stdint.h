/* For BearSSL: what <stdint.h> has of C, from Xen. */
#include <xsp_env.h>

#include "names.h"
