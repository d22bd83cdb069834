package main

import (
	"fmt"
	"os"

	"cosell/model"
	"cosell/model/diff"
)

type modelCommand struct {
	Diff modelDiff `cmd:"" help:"Compare the API model with one of AWS: botocore's service-2.json or its .gz, or a Smithy JSON model."`
}

type modelDiff struct {
	File string `arg:"" type:"existingfile" help:"The model to compare with."`
}

// Run prints the differences. Like diff, it fails if there are any.
func (c modelDiff) Run(out output) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	theirs, err := diff.Read(data)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	ours, err := model.Load()
	if err != nil {
		return err
	}
	findings := diff.Compare(ours, theirs)
	for _, f := range findings {
		fmt.Fprintln(out, f)
	}
	if n := len(findings); n > 0 {
		return fmt.Errorf("the models differ in %d places", n)
	}
	_, err = fmt.Fprintln(out, "The models are the same.")
	return err
}
