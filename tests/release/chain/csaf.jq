# Rules of CSAF 2.0 (OASIS Standard, 18 November 2022) that our exports must keep: sections
# 3.2 (members), 4.4 (profile Security Advisory), 6.1 (mandatory tests).
def stamp: test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
([.product_tree.full_product_names[].product_id]) as $ids
| (.vulnerabilities[0].product_status | to_entries) as $status
| (keys == ["document", "product_tree", "vulnerabilities"])
and .document.category == "csaf_security_advisory" and .document.csaf_version == "2.0"
and ([.document.publisher | .category, .name, .namespace] | map(type == "string" and length > 0) | all)
and (.document.publisher.category | IN("coordinator", "discoverer", "other", "translator", "user", "vendor"))
and (.document.publisher.namespace | test("^https?://"))
and (.document.title | length > 0)
and (.document.notes | length > 0) and (.document.references | length > 0)
and ([.document.notes[], .vulnerabilities[0].notes[] | .category | IN("description", "details", "faq", "general", "legal_disclaimer", "other", "summary")] | all)
and (.document.tracking | (.id | length > 0) and (.status | IN("draft", "final", "interim"))
	and (.version | test("^(0|[1-9][0-9]*)$")) and (.initial_release_date | stamp) and (.current_release_date | stamp)
	and .initial_release_date <= .current_release_date
	and (.revision_history | length > 0) and .revision_history[-1].number == .version
	and .revision_history[-1].date == .current_release_date
	and ([.revision_history[] | (.date | stamp) and (.summary | length > 0)] | all))
# 6.1.2: no product id twice; 6.1.1: none that is not defined; 6.1.6: none in two states
and (($ids | unique | length) == ($ids | length)) and (($ids | length) > 0)
and ($status | length > 0)
and ([$status[] | .key | IN("first_affected", "first_fixed", "fixed", "known_affected", "known_not_affected", "last_affected", "recommended", "under_investigation")] | all)
and ([$status[].value[]] | (unique | length) == length and (. - $ids == []))
and ([.vulnerabilities[0] | (.remediations // [])[] | (.category | IN("mitigation", "no_fix_planned", "none_available", "vendor_fix", "workaround")) and (.details | length > 0) and (.product_ids - $ids == [])] | all)
and ([.vulnerabilities[0] | (.threats // [])[] | (.category | IN("exploit_status", "impact", "target_set")) and (.details | length > 0) and (.product_ids - $ids == [])] | all)
# 4.4: what is not affected says why
and ((.vulnerabilities[0].product_status.known_not_affected // []) - [.vulnerabilities[0] | (.threats // [])[] | select(.category == "impact") | .product_ids[]] == [])
and ((.vulnerabilities[0].cve // "CVE-2000-0000") | test("^CVE-[0-9]{4}-[0-9]{4,}$"))
