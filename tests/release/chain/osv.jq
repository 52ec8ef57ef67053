# Rules of the OSV schema 1.6 (ossf.github.io/osv-schema) that our exports must keep.
def stamp: test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
def commit: test("^[0-9a-f]{40}$");
(keys - ["schema_version", "id", "modified", "published", "withdrawn", "aliases", "related",
	"summary", "details", "severity", "affected", "references", "credits", "database_specific"] == [])
and (.schema_version | test("^1\\.[0-9]+\\.[0-9]+$"))
and (.id | type == "string") and (.modified | stamp) and (.published | stamp) and .published <= .modified
and (.aliases | type == "array") and (.aliases | unique | length) == (.aliases | length)
and ([.affected[] | (keys - ["package", "severity", "ranges", "versions", "ecosystem_specific", "database_specific"] == [])
	and (.versions | map(type == "string") | all)
	and (.ranges | length > 0)
	and ([.ranges[] | .type == "GIT" and (.repo | type == "string") and (.events | length > 0)
		and ([.events[] | keys | length == 1] | all)
		and ([.events[] | select(has("introduced"))] | length > 0)
		and ([.events[] | (.introduced // "0") | . == "0" or commit] | all)
		and ([.events[] | select(has("fixed")) | .fixed | commit] | all)] | all)] | all)
