package rule

import (
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
)

func used(useCase string) func(e *Edit) {
	return creating(func(c *Content) { c.Project.CustomerUseCase = &useCase })
}

func withPrograms(list ...string) func(e *Edit) {
	return creating(func(c *Content) { c.Project.ApnPrograms = list })
}

func competing(name *api.CompetitorName, others string) func(e *Edit) {
	return creating(func(c *Content) { c.Project.CompetitorName, c.Project.OtherCompetitorNames = name, &others })
}

var projectCases = []ruleCase{
	{"a customer use case is in the list", "blanks round the slash", used("Edge Computing / End User Computing"), nil},
	{"a customer use case is in the list", "no blanks round the slash", used("Edge Computing/End User Computing"), nil},
	{"a customer use case is in the list", "several slashes", used("Big Data: Data Warehouse/Data Integration/ETL/Data Lake/BI"), nil},
	{
		"a customer use case is in the list", "none in a draft",
		creating(func(c *Content) { c.Project.CustomerUseCase = nil }), nil,
	},
	{
		"a customer use case is in the list", "another", used("Gardening"),
		[]string{"project.customerUseCase INVALID_ENUM_VALUE customerUseCase must be one of: " + strings.Join(useCases, "; ")},
	},
	{"APN programs are in the list", "the model's spelling", withPrograms("P3", "IS Immersion Day SFID Program"), nil},
	{"APN programs are in the list", "the live spelling", withPrograms("ISV Immersion Day SFID Program"), nil},
	{
		"APN programs are in the list", "the second is not", withPrograms("P3", "P4"),
		[]string{"project.apnPrograms[1] INVALID_ENUM_VALUE apnPrograms must be one of: " + strings.Join(programs, "; ")},
	},
	{"another competitor has a name", "named", competing(new(api.CompetitorNameOther), "Example Cloud"), nil},
	{
		"another competitor has a name", "nameless", competing(new(api.CompetitorNameOther), ""),
		[]string{"project.otherCompetitorNames REQUIRED_FIELD_MISSING otherCompetitorNames is required when competitorName is '*Other'"},
	},
	{"only another competitor has a name", "a listed one", competing(new(api.CompetitorNameAkamai), ""), nil},
	{
		"only another competitor has a name", "a listed one with a name", competing(new(api.CompetitorNameAkamai), "Example Cloud"),
		[]string{"project.otherCompetitorNames INVALID_VALUE otherCompetitorNames can be given only when competitorName is '*Other'"},
	},
	{
		"only another competitor has a name", "a name alone", competing(nil, "Example Cloud"),
		[]string{"project.otherCompetitorNames INVALID_VALUE otherCompetitorNames can be given only when competitorName is '*Other'"},
	},
}

func TestListsHaveTheirLengths(t *testing.T) {
	for _, test := range []struct {
		name string
		list []string
		want int
	}{
		{"use cases", useCases, 39}, {"programs", programs, 16}, {"marketing use cases", marketingUseCases, 26},
	} {
		distinct := slices.Compact(slices.Sorted(slices.Values(test.list)))
		if len(test.list) != test.want || len(distinct) != test.want {
			t.Errorf("%s: %d, %d of them distinct; want %d", test.name, len(test.list), len(distinct), test.want)
		}
	}
}
