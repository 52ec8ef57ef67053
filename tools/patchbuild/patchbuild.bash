# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of patchbuild for bash. Commands and options are read from the
# program's own help, bases from its list.

_patchbuild()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
	COMPREPLY=()
	case $prev in
	--base | -b | --show)
		words=$(patchbuild base --list 2>/dev/null | awk '{ print $1 }')
		;;
	*)
		if ((COMP_CWORD == 1)); then
			words=$(patchbuild --help |
				awk '/^Commands:/ { on = 1; next } on && !NF { exit } on { print $1 }')
		elif [[ $cur == -* ]]; then
			words=$(patchbuild "${COMP_WORDS[1]}" --help |
				awk '/^Options:/ { on = 1 } on && match($0, /--[a-z-]+/) { print substr($0, RSTART, RLENGTH) }')
		else
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _patchbuild patchbuild
