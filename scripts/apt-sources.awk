# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints the Debian entries among a machine's package sources as deb822 stanzas for both binary and source packages.
# Reads *.sources and *.list files. An entry counts as Debian's if it is enabled, has the component `main` and a
# suite that Debian's archive uses; only `main` is taken.

# Prints the entry whose fields are in `field`, by lower-case name, or nothing.
function print_entry(   names, count, i, suites, kept) {
	count = split(field["suites"], names, /[ \t\n]+/)
	for (i = 1; i <= count; i++)
		if (names[i] ~ suite)
			kept = kept " " names[i]
	if (kept != "" && (" " field["components"] " ") ~ /[ \t\n]main[ \t\n]/ &&
	    (" " field["types"] " ") ~ /[ \t\n]deb(-src)?[ \t\n]/ && tolower(field["enabled"]) !~ /^(no|false|0|off)$/ &&
	    !seen[field["uris"] kept]++) {
		print "Types: deb deb-src"
		print "URIs: " field["uris"]
		print "Suites:" kept
		print "Components: main"
		if (field["signed-by"] != "")
			print "Signed-By: " field["signed-by"]
		if (field["trusted"] != "")
			print "Trusted: " field["trusted"]
		print ""
	}
	delete field
	name = ""
}

# `deb [option=value ...] uri suite component...`
function read_line(   words, option, count, options) {
	sub(/^deb(-src)?[ \t]+/, "")
	if (match($0, /^\[[^]]*\][ \t]*/)) {
		options = substr($0, 2, RLENGTH - 1)
		sub(/\].*/, "", options)
		$0 = substr($0, RLENGTH + 1)
		count = split(options, words, /[ \t]+/)
		while (count > 0) {
			split(words[count--], option, "=")
			field[tolower(option[1])] = option[2]
		}
	}
	field["types"] = "deb"
	field["uris"] = $1
	field["suites"] = $2
	sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]*/, "")
	field["components"] = $0
	print_entry()
}

BEGIN {
	release = "(bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)"
	suite = "^" release "(-updates|-proposed-updates|-security|/updates)?$"
}

FNR == 1 && NR > 1 { print_entry() }
/^[ \t]*#/ { next }
FILENAME ~ /\.list$/ {
	sub(/[ \t]*#.*/, "")
	if ($1 ~ /^deb(-src)?$/)
		read_line()
	next
}
/^[ \t]*$/ { print_entry(); next }
/^[ \t]/ { if (name != "") field[name] = field[name] "\n" $0; next }
{
	name = tolower($0)
	sub(/[ \t]*:.*/, "", name)
	value = $0
	sub(/^[^:]*:[ \t]*/, "", value)
	field[name] = value
}
END { print_entry() }
