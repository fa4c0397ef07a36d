# fish completion for nsh: nsh itself tells what may stand where the cursor is.
function __nsh_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l index (math (count $words) - 2)
    $words[1] --complete $index $words[2..-1] 2>/dev/null
end
complete -c nsh -f -a '(__nsh_complete)'
