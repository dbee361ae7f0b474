/** `pinnace completion`. */
import { everywhere } from "../help.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

interface Word {
  readonly name: string
  readonly summary: string
  readonly options: ReadonlyArray<string>
  readonly takesRun: boolean
}

const completion = async ({ args: [name = ""], shell, table }: Call): Promise<number> => {
  const make = Object.hasOwn(scripts, name) ? scripts[name] : undefined
  if (make === undefined) throw new Usage(`completion ${name}: choose bash, zsh or fish`)
  const words = await Promise.all(
    Object.entries(table).map(async ([verb, entry]): Promise<Word> => {
      const { options, usage } = (await entry.load()).verb
      const names = Object.keys({ ...options, ...everywhere }).map((it) => `--${it}`)
      return { name: verb, summary: entry.summary, options: names, takesRun: /\bRUN\b/.test(usage) }
    })
  )
  shell.print(make(shell.program, words))
  return 0
}

const names = (words: ReadonlyArray<Word>, test: (word: Word) => boolean): string =>
  words.filter(test).map(({ name }) => name).join("|")

const runs = (program: string): string => `${program} list -o name 2>/dev/null; echo @latest`

const bash = (program: string, words: ReadonlyArray<Word>): string =>
  `_${program}() {
  local word=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${words.map(({ name }) => name).join(" ")}" -- "$word"))
  elif [[ "$word" == -* ]]; then
    case "$verb" in
${
    words.map(({ name, options }) => `      ${name}) COMPREPLY=($(compgen -W "${options.join(" ")}" -- "$word")) ;;`)
      .join("\n")
  }
    esac
  else
    case "$verb" in
      ${names(words, ({ takesRun }) => takesRun)}) COMPREPLY=($(compgen -W "$(${runs(program)})" -- "$word")) ;;
      help) COMPREPLY=($(compgen -W "${words.map(({ name }) => name).join(" ")}" -- "$word")) ;;
      *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
  fi
}
complete -o filenames -F _${program} ${program}`

const zsh = (program: string, words: ReadonlyArray<Word>): string =>
  `#compdef ${program}
_${program}() {
  local -a verbs
  verbs=(
${words.map(({ name, summary }) => `    '${name}:${summary.replaceAll("'", "'\\''")}'`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
  else
    case "$words[2]" in
${
    words.map(({ name, options, takesRun }) =>
      `      ${name}) compadd -- ${options.join(" ")}${takesRun ? ` $(${runs(program)})` : "; _files"} ;;`
    ).join("\n")
  }
    esac
  fi
}
compdef _${program} ${program}`

const fish = (program: string, words: ReadonlyArray<Word>): string => {
  const lines = words.flatMap(({ name, options, summary, takesRun }) => [
    `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
    ...options.map((it) => `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -l ${it.slice(2)}`),
    ...(takesRun ? [`complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -f -a '(${runs(program)})'`] : [])
  ])
  return lines.join("\n")
}

const scripts: Readonly<Record<string, (program: string, words: ReadonlyArray<Word>) => string>> = { bash, zsh, fish }

/** The verb. */
export const verb: Verb = {
  usage: "bash|zsh|fish",
  about: "Prints a script that completes verbs, options and run ids.",
  takes: [1, 1],
  options: {},
  examples: [
    ["completion bash > /etc/bash_completion.d/pinnace", "for all users"],
    ["completion fish > ~/.config/fish/completions/pinnace.fish", "for yourself"]
  ],
  run: completion
}
