package main

import (
	"os"
	"testing"
)

// The demonstration has a directory of its own, unless the user names one.
func TestTheDemonstrationIsTemporary(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := &serve{Demo: true, Data: "mine"}
	remove, err := c.temporary(flagsGiven{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.Data); err != nil || c.Data == "mine" {
		t.Errorf("%s: %v", c.Data, err)
	}
	remove()
	if _, err := os.Stat(c.Data); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", c.Data, err)
	}
	for _, k := range []struct {
		name  string
		serve serve
		given flagsGiven
		env   string
	}{
		{"Flag", serve{Demo: true, Data: "mine"}, flagsGiven{"data": true}, ""},
		{"Variable", serve{Demo: true, Data: "mine"}, flagsGiven{}, "mine"},
		{"Database", serve{Demo: true, Data: "mine", DatabaseURL: "postgres://cosell@localhost/cosell"}, flagsGiven{}, ""},
		{"NoDemonstration", serve{Data: "mine"}, flagsGiven{}, ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			if k.env != "" {
				t.Setenv("COSELL_DATA", k.env)
			}
			remove, err := k.serve.temporary(k.given)
			if err != nil {
				t.Fatal(err)
			}
			remove()
			if k.serve.Data != "mine" {
				t.Errorf("the data is in %s", k.serve.Data)
			}
		})
	}
}
