/* For BearSSL: what <string.h> has of C, from Xen. */
#include <xsp_env.h>

#include "names.h"
