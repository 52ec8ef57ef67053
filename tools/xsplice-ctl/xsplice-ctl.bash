# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of xsplice-ctl for bash. Commands and options are read from the
# program's own help, names of payloads from its list.

_xsplice_ctl_commands()
{
	xsplice-ctl --help 2>/dev/null | awk '/^Commands:/ { on = 1; next } on && !NF { exit } on { print $1 }'
}

_xsplice_ctl_options()
{
	xsplice-ctl "$1" --help 2>/dev/null |
		awk '/^Options:/ { on = 1; next } on && match($0, /^  (-., |    )--[a-z-]+/) { sub(/^ *(-., )? */, ""); print $1 }'
}

_xsplice_ctl_payloads()
{
	xsplice-ctl list 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_xsplice_ctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words=$(_xsplice_ctl_commands)
	elif [[ $prev == --keyring || $prev == -k ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	elif [[ $cur == -* ]]; then
		words=$(_xsplice_ctl_options "${COMP_WORDS[1]}")
	else
		case ${COMP_WORDS[1]} in
		check | upload | load)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		*) words=$(_xsplice_ctl_payloads) ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _xsplice_ctl xsplice-ctl
