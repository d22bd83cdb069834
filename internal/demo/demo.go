// Package demo has the world of "cosell serve --demo": fixtures of two partners with their
// opportunities, engagements, invitations and customers.
package demo

import (
	"embed"

	"cosell/internal/fixture"
)

//go:embed *.yaml
var files embed.FS

// Partner is one of the two partners of the world.
type Partner struct {
	Account, Name string
	Key           string // the access key of development mode
	file          string
}

// Partners are the partners in the order of their files.
var Partners = []Partner{
	{"000000000000", "Larkspur Cloud Partners", "test", "larkspur.yaml"},
	{"111122223333", "Brightwater Analytics", "111122223333", "brightwater.yaml"},
}

// Files returns the fixtures that make the world.
func Files() ([]*fixture.File, error) {
	parsed := make([]*fixture.File, len(Partners))
	for i, p := range Partners {
		text, err := files.ReadFile(p.file)
		if err != nil {
			return nil, err
		}
		if parsed[i], err = fixture.Parse(p.file, text); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}
