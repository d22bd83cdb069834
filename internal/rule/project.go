package rule

import (
	"fmt"
	"strings"

	"cosell/internal/api"
)

const (
	fieldUseCase          = "project.customerUseCase"
	fieldPrograms         = "project.apnPrograms"
	fieldOtherCompetitors = "project.otherCompetitorNames"
)

var projectRules = []rule{
	{"a customer use case is in the list", func(e *Edit, f *Findings) {
		if useCase := api.Value(e.After.project().CustomerUseCase); useCase != "" && !listed(useCases, useCase) {
			f.InvalidEnum(fieldUseCase, "customerUseCase must be one of: "+strings.Join(useCases, "; "))
		}
	}},
	{"APN programs are in the list", func(e *Edit, f *Findings) {
		for i, program := range e.After.project().ApnPrograms {
			if !listed(programs, program) {
				f.InvalidEnum(fmt.Sprintf("%s[%d]", fieldPrograms, i), "apnPrograms must be one of: "+strings.Join(programs, "; "))
			}
		}
	}},
	{"another competitor has a name", func(e *Edit, f *Findings) {
		if otherCompetitor(e.After) && api.Value(e.After.project().OtherCompetitorNames) == "" {
			f.Missing(fieldOtherCompetitors, "otherCompetitorNames is required when competitorName is '*Other'")
		}
	}},
	{"only another competitor has a name", func(e *Edit, f *Findings) {
		if !otherCompetitor(e.After) && api.Value(e.After.project().OtherCompetitorNames) != "" {
			f.InvalidValue(fieldOtherCompetitors, "otherCompetitorNames can be given only when competitorName is '*Other'")
		}
	}},
}

func otherCompetitor(c *Content) bool {
	return api.Value(c.project().CompetitorName) == api.CompetitorNameOther
}

// listed reports whether a list has a value, in either spelling.
func listed(list []string, text string) bool {
	text = spelling(text)
	for _, known := range list {
		if spelling(known) == text {
			return true
		}
	}
	return false
}

// spelling makes the two spellings of a value one: the published model writes
// slashes without blanks and drops a letter of one program; the live service
// does not. What a partner sends is stored as sent; only comparisons use this.
func spelling(text string) string { return oneSpelling.Replace(text) }

var oneSpelling = strings.NewReplacer(" / ", "/", "ISV Immersion Day", "IS Immersion Day")

// useCases are the values of Project.CustomerUseCase, a plain string in the
// model, in their live spelling.
var useCases = []string{
	"AI Machine Learning and Analytics",
	"Archiving",
	"Big Data: Data Warehouse / Data Integration / ETL / Data Lake / BI",
	"Blockchain",
	"Business Applications: Mainframe Modernization",
	"Business Applications & Contact Center",
	"Business Applications & SAP Production",
	"Centralized Operations Management",
	"Cloud Management Tools",
	"Cloud Management Tools & DevOps with Continuous Integration & Continuous Delivery (CICD)",
	"Configuration, Compliance & Auditing",
	"Connected Services",
	"Containers & Serverless",
	"Content Delivery & Edge Services",
	"Database",
	"Edge Computing / End User Computing",
	"Energy",
	"Enterprise Governance & Controls",
	"Enterprise Resource Planning",
	"Financial Services",
	"Healthcare and Life Sciences",
	"High Performance Computing",
	"Hybrid Application Platform",
	"Industrial Software",
	"IOT",
	"Manufacturing, Supply Chain and Operations",
	"Media & High performance computing (HPC)",
	"Migration / Database Migration",
	"Monitoring, logging and performance",
	"Monitoring & Observability",
	"Networking",
	"Outpost",
	"SAP",
	"Security & Compliance",
	"Storage & Backup",
	"Training",
	"VMC",
	"VMWare",
	"Web development & DevOps",
}

// programs are the values of Project.ApnPrograms.
var programs = []string{
	"APN Immersion Days",
	"APN Solution Space",
	"ATO (Authority to Operate)",
	"AWS Marketplace Campaign",
	"IS Immersion Day SFID Program",
	"ISV Workload Migration",
	"Migration Acceleration Program",
	"P3",
	"Partner Launch Initiative",
	"Partner Opportunity Acceleration Funded",
	"The Next Smart",
	"VMware Cloud on AWS",
	"Well-Architected",
	"Windows",
	"Workspaces/AppStream Accelerator Program",
	"WWPS NDPP",
}
