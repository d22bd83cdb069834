package transform

import (
	"bytes"
	"strings"
	"testing"
)

const event = `{"version":"0","id":"e1","detail-type":"Opportunity Created","source":"aws.partnercentral-selling","resources":["r0","r1"],` +
	`"detail":{"catalog":"AWS","n":7,"yes":true,"text":"say \"hi\"","opportunity":{"identifier":"O1"},"list":[{"a":1},{"a":2}]}}`

var rule = Rule{ARN: "arn:aws:events:us-east-1:111122223333:rule/crm", Name: "crm", IngestionTime: "2026-11-28T10:00:00Z"}

func TestApply(t *testing.T) {
	paths := map[string]string{
		"type": "$.detail-type", "id": "$.detail.opportunity.identifier", "n": "$.detail.n", "yes": "$.detail.yes", "text": "$.detail.text",
		"opportunity": "$.detail.opportunity", "second": "$.resources[1]", "all": "$.detail.list[*].a", "none": "$.detail.none", "list": "$.resources",
	}
	template := func(text string) Spec { return Spec{Paths: paths, Template: text} }
	for name, c := range map[string]struct {
		spec Spec
		want string
	}{
		"the event itself":                   {Spec{}, event},
		"Input is constant":                  {Spec{Input: `{"a":1}`}, `{"a":1}`},
		"InputPath":                          {Spec{Path: "$.detail.opportunity"}, `{"identifier":"O1"}`},
		"InputPath of a string is JSON":      {Spec{Path: "$.detail-type"}, `"Opportunity Created"`},
		"InputPath in brackets":              {Spec{Path: "$['detail']['n']"}, `7`},
		"InputPath of everything":            {Spec{Path: "$"}, event},
		"a string keeps its quotes":          {template(`"<type>: <id>"`), `"Opportunity Created: O1"`},
		"a string has what is absent empty":  {template(`"<none>|"`), `"|"`},
		"an object in a string, no quotes":   {template(`"<opportunity> <list>"`), `"{identifier:O1} [r0,r1]"`},
		"quotes in a string stay escaped":    {template(`"<text>"`), `"say \"hi\""`},
		"lines":                              {template("\"<id>\"\n\"<n>\""), "\"O1\"\n\"7\""},
		"a variable alone":                   {template(`<opportunity>`), `{"identifier":"O1"}`},
		"JSON takes values by their types":   {template(`{"id":<id>,"n":<n>,"yes":<yes>,"o":<opportunity>}`), `{"id":"O1","n":7,"yes":true,"o":{"identifier":"O1"}}`},
		"JSON with a string around":          {template(`{"t":"deal <id> (<n>)"}`), `{"t":"deal O1 (7)"}`},
		"JSON has what is absent empty":      {template(`{"a":<none>}`), `{"a":""}`},
		"an index and a wildcard":            {template(`[<second>,<all>]`), `["r1",[1,2]]`},
		"the rule":                           {template(`{"a":<aws.events.rule-arn>,"n":"<aws.events.rule-name>","t":<aws.events.event.ingestion-time>}`), `{"a":"` + rule.ARN + `","n":"crm","t":"2026-11-28T10:00:00Z"}`},
		"the whole event":                    {template(`{"e":<aws.events.event.json>}`), `{"e":` + event + `}`},
		"the event without its detail":       {template(`<aws.events.event>`), before(event, `,"detail":`) + "}"},
		"less-than is text where not a name": {template(`"1 < 2 and <id>"`), `"1 < 2 and O1"`},
	} {
		t.Run(name, func(t *testing.T) {
			transform, err := New(c.spec)
			if err != nil {
				t.Fatal(err)
			}
			got, err := transform.Apply([]byte(event), rule)
			if err != nil || string(got) != c.want {
				t.Errorf("got %s (%v), want %s", got, err, c.want)
			}
		})
	}
}

func TestApplyFails(t *testing.T) {
	absent, err := New(Spec{Path: "$.detail.none"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := absent.Apply([]byte(event), rule); err == nil {
		t.Error("InputPath without a value was delivered")
	}
	large, err := New(Spec{Template: `[` + strings.Repeat(`<aws.events.event.json>,`, 300) + `0]`})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := large.Apply(bytes.Replace([]byte(event), []byte(`"e1"`), []byte(`"`+strings.Repeat("x", 1<<10)+`"`), 1), rule); err == nil {
		t.Error("a result of more than 256 KiB was delivered")
	}
}

func TestCheck(t *testing.T) {
	many := map[string]string{}
	for i := range 101 {
		many[strings.Repeat("v", i+1)] = "$.id"
	}
	for name, c := range map[string]struct {
		spec Spec
		want string
	}{
		"two inputs":             {Spec{Input: "1", Path: "$"}, "Only one of Input, InputPath, or InputTransformer must be provided for target T."},
		"Input is not JSON":      {Spec{Input: "{"}, "JSON syntax error in input for target T"},
		"InputPath":              {Spec{Path: "detail"}, "Invalid InputPath for target T"},
		"an index below zero":    {Spec{Path: "$.a[-1]"}, "Invalid InputPath for target T"},
		"filters":                {Spec{Path: "$.a[?(@.b)]"}, "Invalid InputPath for target T"},
		"descent":                {Spec{Path: "$..a"}, "Invalid InputPath for target T"},
		"a path too long":        {Spec{Path: "$." + strings.Repeat("a", 300)}, "Invalid InputPath for target T"},
		"too many variables":     {Spec{Paths: many, Template: `"a"`}, "must have at most 100"},
		"a key of AWS":           {Spec{Paths: map[string]string{"AWSx": "$.id"}, Template: `"a"`}, "must not begin with AWS"},
		"a key with a space":     {Spec{Paths: map[string]string{"a b": "$.id"}, Template: `"a"`}, "invalid key"},
		"a bad path":             {Spec{Paths: map[string]string{"a": "id"}, Template: `"a"`}, "invalid path for a"},
		"no template":            {Spec{Paths: map[string]string{"a": "$.id"}}, "must have 1 to 8192"},
		"template too long":      {Spec{Template: `"` + strings.Repeat("a", 8192) + `"`}, "must have 1 to 8192"},
		"an unknown placeholder": {Spec{Template: `"<b>"`}, "Invalid InputTemplate for target T : [placeholder <b> is not in InputPathsMap]."},
		"bare text":              {Spec{Template: `hello`}, "Invalid InputTemplate for target T"},
		"an open string":         {Spec{Template: `"hello`}, "Invalid InputTemplate for target T"},
		"an open object":         {Spec{Template: `{"a":1`}, "must be valid JSON"},
		"a quoted key":           {Spec{Paths: map[string]string{"a": "$.id"}, Template: `{"<a>":1}`}, "can't be used as an object key"},
		"a bare key":             {Spec{Paths: map[string]string{"a": "$.id"}, Template: `{<a>:1}`}, "must be valid JSON"},
	} {
		if err := Check("T", c.spec); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// FuzzTemplate fills any template that is accepted: JSON templates always give JSON.
func FuzzTemplate(f *testing.F) {
	f.Add(`{"a":<x>,"b":"<x>"}`, "$.detail.list[*].a")
	f.Add(`"<x> \" <aws.events.event.json>"`, "$.detail")
	f.Add("<x>\n\"a\"", "$['detail-type']")
	f.Fuzz(func(t *testing.T, template, path string) {
		transform, err := New(Spec{Paths: map[string]string{"x": path}, Template: template})
		if err != nil {
			return
		}
		out, err := transform.Apply([]byte(event), rule)
		if err != nil {
			return
		}
		if trimmed := strings.TrimSpace(template); trimmed[0] == '{' || trimmed[0] == '[' {
			if !valid(out) {
				t.Errorf("%q gives %q, which is not JSON", template, out)
			}
		}
	})
}

// before returns the part of a text before another one.
func before(text, other string) string {
	first, _, _ := strings.Cut(text, other)
	return first
}
