/** `cowsay` as the image docker/whalesay has it, which first manifests run: a whale that says something. */

/** The program: options that choose another animal or other eyes are taken and change nothing. */
export const cowsay = `#!/bin/sh
columns=40
while getopts 'bdgpstwyne:f:lhT:W:' option; do
  case $option in
    W) columns=$OPTARG ;;
    n) columns=100000 ;;
    l) echo docker; exit 0 ;;
    h|'?') echo 'usage: cowsay [-W COLUMNS] [-n] [TEXT]; this stand-in knows one whale' >&2; exit 0 ;;
  esac
done
shift $((OPTIND - 1))
if [ $# -gt 0 ]; then printf '%s\\n' "$*"; else cat; fi | awk -v columns="$columns" '
function add(line) { lines[++count] = line; if (length(line) > widest) widest = length(line) }
function repeat(mark, times, text) { while (times-- > 0) text = text mark; return text }
{
  line = ""
  words = split($0, word, /[ \\t]+/)
  for (at = 1; at <= words; at++) {
    if (word[at] == "") continue
    if (line != "" && length(line) + 1 + length(word[at]) >= columns) { add(line); line = "" }
    line = line (line == "" ? "" : " ") word[at]
  }
  add(line)
}
END {
  print " " repeat("_", widest + 2) " "
  for (at = 1; at <= count; at++) {
    left = count == 1 ? "<" : at == 1 ? "/" : at == count ? "\\\\" : "|"
    right = count == 1 ? ">" : at == 1 ? "\\\\" : at == count ? "/" : "|"
    print left " " lines[at] repeat(" ", widest - length(lines[at])) " " right
  }
  print " " repeat("-", widest + 2) " "
}'
cat <<'WHALE'
    \\
     \\
      \\     
                    ##        .            
              ## ## ##       ==            
           ## ## ## ##      ===            
       /""""""""""""""""___/ ===        
  ~~~ {~~ ~~~~ ~~~ ~~~~ ~~ ~ /  ===- ~~~   
       \\______ o          __/            
        \\    \\        __/             
          \\____\\______/   
WHALE
`
