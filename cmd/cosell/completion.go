package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints the script that makes a shell complete command lines.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// completionScripts ask the program itself what can follow the words so far.
var completionScripts = map[string]string{
	"bash": `_cosell() {
  COMPREPLY=($(compgen -W "$(cosell complete -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _cosell cosell
`,
	"zsh": `#compdef cosell
_cosell() {
  compadd -- ${(f)"$(cosell complete -- ${words[2,CURRENT-1]} 2>/dev/null)"} || _files
}
compdef _cosell cosell
`,
	"fish": `complete -c cosell -a "(cosell complete -- (commandline -opc)[2..-1] 2>/dev/null)"
`,
}

// Help implements [kong.HelpProvider].
func (completionCommand) Help() string {
	return examples(
		`source <(cosell completion bash)`,
		`cosell completion zsh > "${fpath[1]}/_cosell"`,
		`cosell completion fish > ~/.config/fish/completions/cosell.fish`,
	)
}

// Run prints the script.
func (c completionCommand) Run(out output) error {
	_, err := fmt.Fprint(out, completionScripts[c.Shell])
	return err
}

// completeCommand prints what can follow some words of a command line. The scripts of
// completionCommand call it.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"Words so far."`
}

// Run prints the commands and flags that can come next, one on a line.
func (c completeCommand) Run(app *kong.Kong, out output) error {
	_, err := fmt.Fprintln(out, strings.Join(candidates(app.Model.Node, c.Words), "\n"))
	return err
}

func candidates(node *kong.Node, words []string) (found []string) {
	var flags []string
	for _, word := range words {
		i := slices.IndexFunc(node.Children, func(child *kong.Node) bool { return child.Name == word })
		if i >= 0 {
			node = node.Children[i]
		}
	}
	for _, child := range node.Children {
		if !child.Hidden {
			found = append(found, child.Name)
		}
	}
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			flags = append(flags, "--"+flag.Name)
		}
	}
	slices.Sort(flags)
	return append(found, flags...)
}
