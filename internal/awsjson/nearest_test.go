package awsjson

import (
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/nearest"
)

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{
		"ListOportunities":       "ListOpportunities",
		"listopportunities":      "ListOpportunities",
		"GetOpportunityy":        "GetOpportunity",
		"CreateOportunity":       "CreateOpportunity",
		"DeleteTheWholeThing":    "",
		"":                       "",
		strings.Repeat("x", 100): "",
	} {
		if got := nearest.Word(word, api.Names(api.Operations)); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

// A member that nobody knows is ignored, as AWS does; a notice says so.
func TestUnknownMembersAreNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"none":                   {`{"Catalog":"AWS","Customer":{"Account":{"CompanyName":"c"}}}`, nil},
		"misspelt":               {`{"Custommer":{}}`, []string{"Custommer: unknown member, ignored; must be Customer"}},
		"in another case":        {`{"catalog":"AWS"}`, []string{"catalog: unknown member, ignored; must be Catalog"}},
		"further down":           {`{"Customer":{"Contacts":[{},{"Emial":"a@b"}]}}`, []string{"Customer.Contacts[1].Emial: unknown member, ignored; must be Email"}},
		"of a newer model":       {`{"Foo":1,"Customer":{"Bar":2}}`, []string{"2 unknown members were ignored"}},
		"both":                   {`{"Foo":1,"catalog":"AWS"}`, []string{"catalog: unknown member, ignored; must be Catalog", "1 unknown members were ignored"}},
		"in ignored values":      {`{"Foo":{"catalog":1}}`, []string{"1 unknown members were ignored"}},
		"with odd characters":    {`{"Cat\u0161log":1}`, []string{"1 unknown members were ignored"}},
		"the value is not shown": {`{"titel":"Confidential"}`, []string{"1 unknown members were ignored"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := new(api.CreateOpportunityRequest)
			got, err := decode([]byte(c.body), in)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v\nwant %q", got, err, c.want)
			}
		})
	}
	in := new(api.CreateOpportunityRequest)
	if _, err := decode([]byte(`{"Origin":"AWS Referral","Foo":1,"Catalog":"AWS"}`), in); err != nil || *in.Catalog != "AWS" || in.Origin == nil {
		t.Errorf("what is known was not decoded: %+v, %v", in, err)
	}
}
