// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/modinfo.h"
#include "common/text.h"

int ctl_status(enum err_kind kind)
{
	static const int status[] = {
		[ERR_NONE] = 0,	     [ERR_FAIL] = 1,  [ERR_BUSY] = 2,  [ERR_UNSUPPORTED] = 3,
		[ERR_SIGNATURE] = 4, [ERR_CHECK] = 5, [ERR_STATE] = 6, [ERR_USAGE] = 64,
	};

	return status[kind];
}

struct json *ctl_json(const char *command)
{
	struct json *doc = json_new_object();

	json_put_int(doc, "schema", CTL_JSON_SCHEMA);
	json_put_str(doc, "command", command);
	return doc;
}

void ctl_json_done(struct json *doc)
{
	json_print(doc, stdout);
	json_unref(doc);
}

struct json *ctl_entry_json(const struct lp_entry *entry)
{
	struct json *j = json_new_object();

	json_put_str(j, "name", entry->name);
	json_put_str(j, "state", lp_state_name(entry->status.state));
	json_put_int(j, "rc", entry->status.rc);
	json_put(j, "metadata", modinfo_json(entry->metadata, entry->metadata_len));
	return j;
}
