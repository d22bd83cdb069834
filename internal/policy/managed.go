package policy

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// AWS's managed policies for partners, as far as they concern the operations of this
// server. The name of a file ends with the version of AWS's policy.
//
//go:embed managed/*.json
var managedFiles embed.FS

// ManagedNames returns the names of the managed policies, sorted.
func ManagedNames() []string {
	files, _ := fs.Glob(managedFiles, "managed/*.json") // the pattern is valid
	names := make([]string, len(files))
	for i, file := range files {
		names[i], _, _ = strings.Cut(strings.TrimPrefix(file, "managed/"), ".")
	}
	return names
}

// Managed returns a managed policy by its name, such as AWSPartnerCentralFullAccess.
func Managed(name string) (Named, error) {
	text, err := ManagedText(name)
	if err != nil {
		return Named{}, err
	}
	document, err := Parse(text, Identity)
	return Named{Name: name, Document: document}, err
}

// ManagedText returns the document of a managed policy.
func ManagedText(name string) ([]byte, error) {
	files, err := fs.Glob(managedFiles, "managed/*.json")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if found, _, _ := strings.Cut(strings.TrimPrefix(file, "managed/"), "."); found == name {
			return managedFiles.ReadFile(file)
		}
	}
	return nil, fmt.Errorf("managed policy: is %.80q; must be one of %s", name, strings.Join(ManagedNames(), ", "))
}
