// Package cosell embeds the pages of the documentation and the files that they name.
package cosell

import "embed"

// Pages has the pages and files by their paths in the source tree.
//
//go:embed *.md docs/*.md docs/*/*.md examples/*.md clients/*/README.md console/README.md
//go:embed examples/*.json examples/bulk/*.csv examples/compose/*.yaml
//go:embed examples/python/*.py examples/python/*.json examples/javascript/*.js examples/javascript/*.json
//go:embed examples/java/pom.xml examples/java/src/test/java/example/*.java examples/rust/Cargo.toml examples/rust/tests/*.rs
var Pages embed.FS
