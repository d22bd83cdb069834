package conformance

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// commandLine runs the scripts in cli/ with the AWS command line. Beside testscript's own commands they have:
//
//	selling ARGS…   aws partnercentral-selling ARGS…
//	capture NAME    sets a variable to the word or JSON string that the last command printed
//	account [NAME]  goes on as a new account, or as the one in the named variable
func commandLine(t *testing.T, endpoint, aws string) {
	full, err := filepath.Abs("full.json")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "cli",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, environment(endpoint)...)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("FULL", full)
			env.Setenv("PATH", filepath.Dir(aws)+string(filepath.ListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"selling": func(ts *testscript.TestScript, neg bool, args []string) {
				err := ts.Exec(aws, append([]string{"partnercentral-selling"}, args...)...)
				if (err != nil) != neg {
					ts.Fatalf("aws %s: error %v, wanted one: %t", strings.Join(args, " "), err, neg)
				}
			},
			"capture": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv(args[0], strings.Trim(ts.ReadFile("stdout"), "\" \n"))
			},
			"account": func(ts *testscript.TestScript, _ bool, args []string) {
				id := account()
				if len(args) > 0 {
					id = ts.Getenv(args[0])
				}
				ts.Setenv("AWS_ACCESS_KEY_ID", id)
			},
		},
	})
}
