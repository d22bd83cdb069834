package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// commandExamples are the examples in the help of commands, by command. Commands whose
// own Help shows examples are not here.
var commandExamples = map[string][]string{
	"review start":          {"cosell review start O7305843009213693952"},
	"review approve":        {"cosell review approve O7305843009213693952"},
	"review reject":         {"cosell review reject O7305843009213693952 --comments 'Another partner has this customer'"},
	"review request-action": {"cosell review request-action O7305843009213693952 --comments 'When do they decide?'"},
	"review list":           {"cosell review list"},
	"clock show":            {"cosell clock"},
	"clock reset":           {"cosell clock reset"},
	"solutions list":        {"cosell solutions list --account 123456789012"},
	"solutions put":         {"cosell solutions put S-0000001 --name 'Data lake' --account 123456789012"},
	"customers list":        {"cosell customers list --account 123456789012"},
	"customers match":       {"cosell customers match cust-acc-0123456789abc ENRICHED --account 123456789012", "cosell customers match cust-acc-0123456789abc NO_MATCH_FOUND --account 123456789012"},
	"customers policy":      {"cosell customers policy", "cosell customers policy manual", "cosell customers policy synthetic --delay 30s"},
	"faults list":           {"cosell faults list"},
	"faults set":            {"cosell faults set throttle", "cosell faults set faults.json --seed 7"},
	"faults clear":          {"cosell faults clear"},
	"faults fired":          {"cosell faults fired"},
	"quotas show":           {"cosell quotas --account 123456789012"},
	"quotas set":            {"cosell quotas set aws --account 123456789012", "cosell quotas set quotas.json --account 123456789012"},
	"quotas clear":          {"cosell quotas clear --account 123456789012"},
	"fixtures load":         {"cosell fixtures load deals.yaml", "cosell fixtures load --check deals.yaml"},
	"fixtures capture":      {"cosell fixtures capture -o world.yaml", "cosell fixtures capture --account 123456789012 --relative > world.yaml"},
	"fixtures check":        {"cosell fixtures check deals.yaml"},
	"fixtures schema":       {"cosell fixtures schema > fixtures.schema.json"},
	"approve":               {"cosell approve prop-k5cwqz2vbnuyhm6a3ejrt7xd"},
	"proposals list":        {"cosell proposals list --status PENDING"},
	"proposals show":        {"cosell proposals show prop-k5cwqz2vbnuyhm6a3ejrt7xd"},
	"proposals approve":     {"cosell proposals approve prop-k5cwqz2vbnuyhm6a3ejrt7xd"},
	"proposals reject":      {"cosell proposals reject prop-k5cwqz2vbnuyhm6a3ejrt7xd --comments 'The date is too early.'"},
	"history":               {"cosell history O7305843009213693952", "cosell history eng-0123456789abcd --account 123456789012"},
	"requests tail":         {"cosell requests tail"},
	"requests show":         {"cosell requests show 42"},
	"requests clear":        {"cosell requests clear"},
	"groups list":           {"cosell groups list"},
	"groups put":            {"cosell groups put public-sector --description 'Public sector' --filter filter.json"},
	"groups delete":         {"cosell groups delete public-sector"},
	"account put":           {"cosell account put 123456789012 --company-name 'Example Corp' --website https://www.example.com"},
	"account show":          {"cosell account show 123456789012"},
	"user create":           {"cosell user create sync --account 123456789012"},
	"user list":             {"cosell user list --account 123456789012"},
	"user group create":     {"cosell user group create readers --account 123456789012"},
	"user group list":       {"cosell user group list --account 123456789012"},
	"user group add":        {"cosell user group add readers sync --account 123456789012"},
	"user group remove":     {"cosell user group remove readers sync --account 123456789012"},
	"user group delete":     {"cosell user group delete readers --account 123456789012"},
	"user password set":     {"cosell user password set alice --account 123456789012", "cosell user password set alice --stdin --account 123456789012"},
	"user password show":    {"cosell user password show alice --account 123456789012"},
	"user password delete":  {"cosell user password delete alice --account 123456789012"},
	"user delete":           {"cosell user delete sync --account 123456789012"},
	"role create":           {"cosell role create Deployer --trust trust.json --account 123456789012"},
	"role list":             {"cosell role list --account 123456789012"},
	"role delete":           {"cosell role delete Deployer --account 123456789012"},
	"key create":            {"cosell key create sync --account 123456789012"},
	"key list":              {"cosell key list sync --account 123456789012"},
	"key activate":          {"cosell key activate sync AKIAIOSFODNN7EXAMPLE --account 123456789012"},
	"key deactivate":        {"cosell key deactivate sync AKIAIOSFODNN7EXAMPLE --account 123456789012"},
	"key delete":            {"cosell key delete sync AKIAIOSFODNN7EXAMPLE --account 123456789012"},
	"token create":          {"cosell token create desk --role reviewer --expires 720h"},
	"token list":            {"cosell token list"},
	"token revoke":          {"cosell token revoke desk"},
	"audit list":            {"cosell audit list"},
	"audit export":          {"cosell audit export"},
	"audit verify":          {"cosell audit verify"},
	"files put":             {"cosell files put deals.csv --account 123456789012"},
	"bulk template":         {"cosell bulk template opportunities > deals.csv"},
	"bulk start":            {"cosell bulk start opportunities \"$(cosell files put deals.csv --account 123456789012)\" --account 123456789012"},
	"bulk watch":            {"cosell bulk watch opportunities bulkjob-0123456789abc --account 123456789012"},
	"backup":                {"cosell backup cosell-backup.db --data /var/lib/cosell"},
	"check":                 {"cosell check --data /var/lib/cosell", "cosell check --database-url postgres://cosell@localhost/cosell"},
	"storage":               {"cosell storage --endpoint http://127.0.0.1:8787", "cosell storage --data /var/lib/cosell --json"},
	"migrate status":        {"cosell migrate status --data /var/lib/cosell"},
	"migrate up":            {"cosell migrate up --database-url postgres://cosell@localhost/cosell"},
	"model diff":            {"cosell model diff service-2.json.gz"},
	"policy check":          {"cosell policy check policy.json"},
	"policy simulate":       {"cosell policy simulate --action partnercentral:CreateOpportunity"},
	"policy put":            {"cosell policy put full AWSPartnerCentralFullAccess --user sync --account 123456789012"},
	"policy list":           {"cosell policy list --user sync --account 123456789012"},
	"policy delete":         {"cosell policy delete full --user sync --account 123456789012"},
	"health":                {"cosell health", "cosell health --endpoint https://cosell.example.com --timeout 2s"},
	"reset":                 {"cosell reset"},
	"accounts":              {"cosell accounts", "cosell accounts --json"},
	"events replay":         {"cosell events replay webhook/crm --account 123456789012 --after 0"},
	"webhook list":          {"cosell webhook list --account 123456789012"},
	"webhook rotate":        {"cosell webhook rotate crm --account 123456789012"},
	"webhook test":          {"cosell webhook test crm --account 123456789012"},
	"webhook remove":        {"cosell webhook remove crm --account 123456789012"},
	"deliveries show":       {"cosell deliveries show 42 --account 123456789012"},
	"deliveries redrive":    {"cosell deliveries redrive webhook/crm --account 123456789012"},
	"version":               {"cosell version", "cosell --version"},
}

// addExamples puts the examples of commands behind the rest of their help.
func addExamples(app *kong.Application) {
	for _, command := range app.Leaves(true) {
		lines := commandExamples[command.Path()]
		if len(lines) == 0 {
			continue
		}
		command.Detail = strings.TrimPrefix(command.Detail+"\n\n"+examples(lines...), "\n\n")
	}
}
