# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of xsplice-release for bash. Commands and options are read from the
# program's own help, tags and branches from the repository that it is to look at.

_xsplice_release_words() # what stands behind "Commands:"
{
	xsplice-release --help 2>/dev/null | awk '/^Commands:/ { on = 1; next } on && !NF { exit } on { print $1 }'
}

_xsplice_release_options()
{
	xsplice-release "$1" --help 2>/dev/null |
		awk '/^Options:/ { on = 1; next } on && !NF { exit } on && match($0, /--[a-z-]+/) { print substr($0, RSTART, RLENGTH) }'
}

# Tags and branches; of a range, only what stands behind the dots is completed.
_xsplice_release_revisions()
{
	local i repo=. before=
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-C | --repo) repo=${COMP_WORDS[i + 1]} ;;
		esac
	done
	case $1 in *..*) before=${1%..*}.. ;; esac
	git -C "$repo" for-each-ref --format='%(refname:short)' refs/tags refs/heads refs/remotes 2>/dev/null |
		sed "s|^|$before|"
}

_xsplice_release_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

_xsplice_release()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} words=
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words=$(_xsplice_release_words)
	elif [[ $prev == --format || $prev == -f ]]; then
		words='text json md html csv svg ics conf'
	elif [[ $prev == --method || $prev == -m ]]; then
		words='all sum-renames sum-no-renames sum-merges first-parent first-parent-no-renames tree
			tree-no-renames merge-base merge-base-no-renames'
	elif [[ $prev == --repo || $prev == -C || $prev == --results || $prev == -r ||
		($verb == feed && ($prev == --output || $prev == -o)) ]]; then
		_xsplice_release_files -d "$cur"
		return
	elif [[ $prev == --config || $prev == -c || $prev == --features || $prev == --expect || $prev == --mbox ||
		$prev == --output || $prev == -o || $prev == --previous || $prev == --keyring || $prev == --state ]]; then
		_xsplice_release_files -f "$cur"
		return
	elif [[ $prev == --at || $prev == --start || $prev == --top || $prev == --part || $prev == --as || $prev == --series ||
		$prev == --key || $prev == -k || $prev == --require || $prev == --go ]]; then
		return
	elif [[ $prev == --until ]]; then
		words='version-files changelog commit branch tag tarballs checksums signatures announcement publish'
	elif [[ $prev == --branch ]]; then
		words=$(_xsplice_release_revisions "$cur")
	elif [[ $cur == -* ]]; then
		words=$(_xsplice_release_options "$verb")
	else
		case $verb in
		help) words=$(_xsplice_release_words) ;;
		schedule) words='new check ics remind' ;;
		changelog)
			words='lint roll'
			((COMP_CWORD == 2)) || { _xsplice_release_files -f "$cur" && return; }
			;;
		lab) words=gate ;;
		livepatch) words='matrix gaps' ;;
		advisory)
			words='import show matrix check export'
			case ${COMP_WORDS[2]} in
			import) ((COMP_CWORD == 2)) || { _xsplice_release_files -f "$cur" && return; } ;;
			check) ((COMP_CWORD == 2)) || words=$(_xsplice_release_revisions "$cur") ;;
			export) ((COMP_CWORD == 2)) || words='osv csaf' ;;
			esac
			;;
		feed)
			words='build sign verify show'
			((COMP_CWORD == 2)) || { _xsplice_release_files -f "$cur" && return; }
			;;
		plan) ((COMP_CWORD > 2)) || words='rc release point branch' ;;
		run) _xsplice_release_files -f "$cur" && return ;;
		verify)
			_xsplice_release_files -f "$cur"
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "$(_xsplice_release_revisions "$cur")" -- "$cur")
			return
			;;
		*) words=$(_xsplice_release_revisions "$cur") ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _xsplice_release xsplice-release
