package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"cosell/internal/policy"
)

// ofAccount names the account that a command concerns.
type ofAccount struct {
	operatorClient

	Account string `default:"000000000000" placeholder:"ACCOUNT" help:"Account of twelve digits, or aws (${default}, the account of the access key test)."`
}

// path returns a path below the account.
func (c ofAccount) path(parts ...string) string {
	escaped := make([]string, len(parts)+1)
	for i, part := range append([]string{c.Account}, parts...) {
		escaped[i] = url.PathEscape(part)
	}
	return "/accounts/" + strings.Join(escaped, "/")
}

// change sends a request whose answer is not shown.
func (c ofAccount) change(out output, method, path string, in any, done string) error {
	if _, err := c.send(method, path, in); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, done)
	return err
}

// policyArgument returns a policy as the operator API takes it: the content of a file, or
// the name of a managed policy.
func policyArgument(given string) (any, error) {
	if slices.Contains(policy.ManagedNames(), given) {
		return map[string]string{"managed": given}, nil
	}
	text, err := os.ReadFile(given)
	if err != nil {
		return nil, fmt.Errorf("policy: must be a file or one of %s: %w", strings.Join(policy.ManagedNames(), ", "), err)
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("%s: is not JSON", given)
	}
	return json.RawMessage(text), nil
}

// shownPrincipal is a user, group or role as the operator API shows it.
type shownPrincipal struct {
	Name, ARN       string
	CreatedAt       time.Time
	Groups, Members []string
}

func (c ofAccount) list(out output, kind string) error {
	var list struct{ Principals []shownPrincipal }
	return c.ask(out, http.MethodGet, c.path(kind), nil, &list, func(to io.Writer) {
		fmt.Fprintln(to, "NAME\tARN\tCREATED")
		for _, p := range list.Principals {
			fmt.Fprintf(to, "%s\t%s\t%s\n", p.Name, p.ARN, p.CreatedAt.Format(time.RFC3339))
		}
	})
}

func (c ofAccount) put(out output, kind, name string, in map[string]any) error {
	var p shownPrincipal
	return c.ask(out, http.MethodPut, c.path(kind, name), in, &p, func(to io.Writer) { fmt.Fprintln(to, p.ARN) })
}

// putBounded is put with a permissions boundary, "" for none.
func (c ofAccount) putBounded(out output, kind, name, boundary string, in map[string]any) error {
	if boundary != "" {
		document, err := policyArgument(boundary)
		if err != nil {
			return err
		}
		in["permissionsBoundary"] = document
	}
	return c.put(out, kind, name, in)
}

type accountCommand struct {
	Put  putAccount  `cmd:"" help:"Set the profile of an account: company name, website, alias."`
	Show showAccount `cmd:"" help:"Show the profile of an account."`
}

// Help implements [kong.HelpProvider].
func (*accountCommand) Help() string {
	return examples("cosell account put 111122223333 --company-name 'Example Corp' --alias example", "cosell account show 111122223333")
}

type putAccount struct {
	operatorClient

	Account     string `arg:"" help:"Account of twelve digits, or aws."`
	CompanyName string `required:"true" placeholder:"NAME" help:"Name that other partners see."`
	Website     string `placeholder:"URL" help:"Website of the company."`
	Alias       string `placeholder:"ALIAS" help:"Short name of the account: lower-case letters, digits and dashes."`
}

type accountProfile struct {
	CompanyName string           `json:"companyName"`
	WebsiteURL  string           `json:"websiteUrl,omitempty"`
	Alias       string           `json:"alias,omitempty"`
	Users       []map[string]any `json:"users,omitempty"`
}

// Run sets the profile; the people in it stay.
func (c *putAccount) Run(out output) error {
	path := "/accounts/" + url.PathEscape(c.Account)
	var p accountProfile
	if err := c.read(path, &p); err != nil {
		return err
	}
	p.CompanyName, p.WebsiteURL, p.Alias = c.CompanyName, c.Website, c.Alias
	if _, err := c.send(http.MethodPut, path, p); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "Account %s is %s.\n", c.Account, c.CompanyName)
	return err
}

type showAccount struct {
	operatorClient

	Account string `arg:"" help:"Account of twelve digits, or aws."`
}

// Run shows the profile.
func (c *showAccount) Run(out output) error {
	var p accountProfile
	return c.ask(out, http.MethodGet, "/accounts/"+url.PathEscape(c.Account), nil, &p, func(to io.Writer) {
		fmt.Fprintf(to, "Company\t%s\nWebsite\t%s\nAlias\t%s\n", p.CompanyName, p.WebsiteURL, p.Alias)
	})
}

type userCommand struct {
	Create createUser `cmd:"" help:"Make a user, or change its permissions boundary."`
	List   listUsers  `cmd:"" help:"List the users of an account."`
	Delete deleteUser `cmd:"" help:"Delete a user with its policies and access keys."`

	Password passwordCommand  `cmd:"" help:"Set or remove the password with which a user signs in to the console."`
	Group    userGroupCommand `cmd:"" help:"Make, list or delete groups of users and their members."`
}

// Help implements [kong.HelpProvider].
func (*userCommand) Help() string {
	return examples("cosell user create crm-sync --account 111122223333", "cosell policy put selling AWSPartnerCentralFullAccess --user crm-sync --account 111122223333",
		"cosell key create crm-sync --account 111122223333")
}

type createUser struct {
	ofAccount

	Name     string `arg:"" help:"Name of the user."`
	Boundary string `placeholder:"POLICY" help:"Permissions boundary: a file, or the name of a managed policy."`
}

// Run makes the user.
func (c *createUser) Run(out output) error {
	return c.putBounded(out, "users", c.Name, c.Boundary, map[string]any{})
}

type listUsers struct{ ofAccount }

// Run lists the users.
func (c *listUsers) Run(out output) error { return c.list(out, "users") }

type deleteUser struct {
	ofAccount

	Name string `arg:"" help:"Name of the user."`
}

// Run deletes the user.
func (c *deleteUser) Run(out output) error {
	return c.change(out, http.MethodDelete, c.path("users", c.Name), nil, "Deleted user "+c.Name+".")
}

type userGroupCommand struct {
	Create createUserGroup `cmd:"" help:"Make a group, whose policies its members have."`
	List   listUserGroups  `cmd:"" help:"List the groups of an account."`
	Add    addMember       `cmd:"" help:"Add a user to a group."`
	Remove dropMember      `cmd:"" help:"Remove a user from a group."`
	Delete deleteUserGroup `cmd:"" help:"Delete a group with its policies."`
}

// Help implements [kong.HelpProvider].
func (*userGroupCommand) Help() string {
	return examples("cosell user group create sellers --account 111122223333", "cosell user group add sellers alice --account 111122223333")
}

type createUserGroup struct {
	ofAccount

	Name string `arg:"" help:"Name of the group."`
}

// Run makes the group.
func (c *createUserGroup) Run(out output) error { return c.put(out, "groups", c.Name, nil) }

type listUserGroups struct{ ofAccount }

// Run lists the groups.
func (c *listUserGroups) Run(out output) error { return c.list(out, "groups") }

type deleteUserGroup struct {
	ofAccount

	Name string `arg:"" help:"Name of the group."`
}

// Run deletes the group.
func (c *deleteUserGroup) Run(out output) error {
	return c.change(out, http.MethodDelete, c.path("groups", c.Name), nil, "Deleted group "+c.Name+".")
}

type addMember struct {
	ofAccount

	Group string `arg:"" help:"Name of the group."`
	User  string `arg:"" help:"Name of the user."`
}

// Run adds the user.
func (c *addMember) Run(out output) error {
	return c.change(out, http.MethodPut, c.path("groups", c.Group, "members", c.User), nil, "Added "+c.User+" to "+c.Group+".")
}

type dropMember struct{ addMember }

// Run removes the user.
func (c *dropMember) Run(out output) error {
	return c.change(out, http.MethodDelete, c.path("groups", c.Group, "members", c.User), nil, "Removed "+c.User+" from "+c.Group+".")
}
