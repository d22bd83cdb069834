package conformance

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// commandLine runs the scripts in cli/ with the AWS command line. Beside testscript's own commands they have:
//
//	selling ARGS…   aws partnercentral-selling ARGS…
//	capture NAME    sets a variable to the word or JSON string that the last command printed
//	account [NAME]  goes on as a new account, or as the one in the named variable
//	edit ID PATH=…  updates an opportunity of Sandbox as clients do: get, set the member, update
//	await RE ARGS…  repeats aws partnercentral-selling ARGS… until what it prints matches
func commandLine(t *testing.T, endpoint, aws string) {
	full, err := filepath.Abs("full.json")
	if err != nil {
		t.Fatal(err)
	}
	// The command line carries older models than boto3. AWS_DATA_PATH makes it read boto3's.
	models := filepath.Dir(filepath.Dir(filepath.Dir(sellingModel(t))))
	testscript.Run(t, testscript.Params{
		Dir: "cli",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, environment(endpoint)...)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("FULL", full)
			env.Setenv("AWS_DATA_PATH", models)
			env.Setenv("AWS_ENDPOINT_URL_S3", endpoint)
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
			"await": func(ts *testscript.TestScript, _ bool, args []string) { await(ts, aws, args[0], args[1:]) },
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
			"edit": func(ts *testscript.TestScript, neg bool, args []string) { edit(ts, neg, aws, args[0], args[1:]) },
		},
	})
}

// await repeats a command until what it prints matches, as the server does some things after it has answered.
func await(ts *testscript.TestScript, aws, pattern string, args []string) {
	const tries = 20 // of a second each, which is how long the command line takes
	wanted, err := regexp.Compile("(?m)" + pattern)
	ts.Check(err)
	for range tries {
		ts.Check(ts.Exec(aws, append([]string{"partnercentral-selling"}, args...)...))
		if wanted.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("aws %s: did not print %q", strings.Join(args, " "), pattern)
}

// edit leaves out of what it read what UpdateOpportunity does not take, and what is null, which the command
// line does not take.
func edit(ts *testscript.TestScript, neg bool, aws, id string, changes []string) {
	get := []string{"partnercentral-selling", "get-opportunity", "--catalog", "Sandbox", "--identifier", id}
	ts.Check(ts.Exec(aws, get...))
	var opportunity map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &opportunity))
	for _, member := range []string{"Id", "Arn", "CreatedDate", "OpportunityTeam", "RelatedEntityIdentifiers"} {
		delete(opportunity, member)
	}
	dropNulls(opportunity)
	opportunity["Identifier"] = id
	for _, change := range changes {
		path, text, _ := strings.Cut(change, "=")
		members := strings.Split(path, ".")
		at := opportunity
		for _, member := range members[:len(members)-1] {
			at = at[member].(map[string]any)
		}
		at[members[len(members)-1]] = text
	}
	body, err := json.Marshal(opportunity)
	ts.Check(err)
	file := ts.MkAbs("update.json")
	ts.Check(os.WriteFile(file, body, 0o600))
	if err := ts.Exec(aws, "partnercentral-selling", "update-opportunity", "--cli-input-json", "file://"+file); (err != nil) != neg {
		ts.Fatalf("editing %s with %q: error %v, wanted one: %t", id, changes, err, neg)
	}
}

func dropNulls(object map[string]any) {
	maps.DeleteFunc(object, func(_ string, v any) bool { return v == nil })
	for _, v := range object {
		switch v := v.(type) {
		case map[string]any:
			dropNulls(v)
		case []any:
			for _, element := range v {
				if inner, ok := element.(map[string]any); ok {
					dropNulls(inner)
				}
			}
		}
	}
}
