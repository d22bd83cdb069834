package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

type roleCommand struct {
	Create createRole `cmd:"" help:"Make a role, or replace its settings."`
	List   listRoles  `cmd:"" help:"List the roles of an account."`
	Delete deleteRole `cmd:"" help:"Delete a role with its policies."`
}

// Help implements [kong.HelpProvider].
func (*roleCommand) Help() string {
	return examples("cosell role create partner-sync --trust trust.json --account 111122223333",
		"cosell policy put sandbox AWSPartnerCentralSandboxFullAccess --role partner-sync --account 111122223333")
}

type createRole struct {
	ofAccount

	Name       string        `arg:"" help:"Name of the role."`
	Trust      string        `required:"true" type:"existingfile" placeholder:"FILE" help:"File with the trust policy, which says who may assume the role."`
	MaxSession time.Duration `default:"1h" placeholder:"TIME" help:"Time that a session lasts at most (${default})."`
	Boundary   string        `placeholder:"POLICY" help:"Permissions boundary: a file, or the name of a managed policy."`
}

// Run makes the role.
func (c *createRole) Run(out output) error {
	trust, err := policyArgument(c.Trust)
	if err != nil {
		return err
	}
	return c.putBounded(out, "roles", c.Name, c.Boundary,
		map[string]any{"trustPolicy": trust, "maxSessionDuration": int(c.MaxSession / time.Second)})
}

type listRoles struct{ ofAccount }

// Run lists the roles.
func (c *listRoles) Run(out output) error { return c.list(out, "roles") }

type deleteRole struct {
	ofAccount

	Name string `arg:"" help:"Name of the role."`
}

// Run deletes the role.
func (c *deleteRole) Run(out output) error {
	return c.change(out, http.MethodDelete, c.path("roles", c.Name), nil, "Deleted role "+c.Name+".")
}

type keyCommand struct {
	Create     createKey     `cmd:"" help:"Make an access key for a user, and print it once."`
	List       listKeys      `cmd:"" help:"List the access keys of a user."`
	Activate   activateKey   `cmd:"" help:"Activate an access key."`
	Deactivate deactivateKey `cmd:"" help:"Deactivate an access key: requests that it signs are refused."`
	Delete     deleteKey     `cmd:"" help:"Delete an access key."`
}

// Help implements [kong.HelpProvider].
func (*keyCommand) Help() string {
	return examples("cosell key create crm-sync --account 111122223333", "cosell key deactivate crm-sync AKIAQEAYEAUDAOCAJBIF --account 111122223333")
}

type createKey struct {
	ofAccount

	User string `arg:"" help:"Name of the user."`
}

// shownKey is an access key as the operator API makes it.
type shownKey struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Status          string
	CreatedAt       time.Time
	LastUsedAt      *time.Time
}

// Run makes the key.
func (c *createKey) Run(out output) error {
	var key shownKey
	return c.ask(out, http.MethodPost, c.path("users", c.User, "keys"), nil, &key, func(to io.Writer) {
		fmt.Fprintf(to, "export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n", key.AccessKeyID, key.SecretAccessKey)
	})
}

type listKeys struct {
	ofAccount

	User string `arg:"" help:"Name of the user."`
}

// Run lists the keys.
func (c *listKeys) Run(out output) error {
	var list struct{ Keys []shownKey }
	return c.ask(out, http.MethodGet, c.path("users", c.User, "keys"), nil, &list, func(to io.Writer) {
		fmt.Fprintln(to, "KEY\tSTATUS\tCREATED\tLAST USED")
		for _, k := range list.Keys {
			fmt.Fprintf(to, "%s\t%s\t%s\t%s\n", k.AccessKeyID, k.Status, k.CreatedAt.Format(time.RFC3339), shownTime(k.LastUsedAt))
		}
	})
}

// oneKey names an access key.
type oneKey struct {
	ofAccount

	User string `arg:"" help:"Name of the user."`
	Key  string `arg:"" help:"Access key id."`
}

func (c *oneKey) set(out output, status string) error {
	return c.change(out, http.MethodPatch, c.path("users", c.User, "keys", c.Key), map[string]string{statusMember: status},
		c.Key+" is "+status+".")
}

type activateKey struct{ oneKey }

// Run activates the key.
func (c *activateKey) Run(out output) error { return c.set(out, "Active") }

type deactivateKey struct{ oneKey }

// Run deactivates the key.
func (c *deactivateKey) Run(out output) error { return c.set(out, "Inactive") }

type deleteKey struct{ oneKey }

// Run deletes the key.
func (c *deleteKey) Run(out output) error {
	return c.change(out, http.MethodDelete, c.path("users", c.User, "keys", c.Key), nil, "Deleted "+c.Key+".")
}

// policyOwner names the principal whose policies a command concerns.
type policyOwner struct {
	ofAccount

	User  string `xor:"owner" placeholder:"NAME" help:"User who has the policy."`
	Group string `xor:"owner" placeholder:"NAME" help:"Group that has the policy."`
	Role  string `xor:"owner" placeholder:"NAME" help:"Role that has the policy."`
	Root  bool   `xor:"owner" help:"The root user of the account, which development keys act as."`
}

func (c *policyOwner) policies(more ...string) (string, error) {
	switch {
	case c.User != "":
		return c.path(append([]string{"users", c.User, "policies"}, more...)...), nil
	case c.Group != "":
		return c.path(append([]string{"groups", c.Group, "policies"}, more...)...), nil
	case c.Role != "":
		return c.path(append([]string{"roles", c.Role, "policies"}, more...)...), nil
	case c.Root:
		return c.path(append([]string{"policies"}, more...)...), nil
	}
	return "", errors.New("--user, --group, --role or --root: must say whose policy it is")
}

type putPolicy struct {
	policyOwner

	Name   string `arg:"" help:"Name of the policy."`
	Policy string `arg:"" help:"File with the document, or the name of a managed policy such as AWSPartnerCentralFullAccess."`
}

// Run gives a principal a policy.
func (c *putPolicy) Run(out output) error {
	path, err := c.policies(c.Name)
	if err != nil {
		return err
	}
	in, err := policyArgument(c.Policy)
	if err != nil {
		return err
	}
	return c.change(out, http.MethodPut, path, in, "Put policy "+c.Name+".")
}

type listPolicies struct{ policyOwner }

// Run lists the policies of a principal.
func (c *listPolicies) Run(out output) error {
	path, err := c.policies()
	if err != nil {
		return err
	}
	var list struct {
		Policies map[string]json.RawMessage
	}
	return c.ask(out, http.MethodGet, path, nil, &list, func(to io.Writer) {
		for _, name := range slices.Sorted(maps.Keys(list.Policies)) {
			fmt.Fprintf(to, "%s\t%s\n", name, list.Policies[name])
		}
	})
}

type deletePolicy struct {
	policyOwner

	Name string `arg:"" help:"Name of the policy."`
}

// Run takes a policy from a principal.
func (c *deletePolicy) Run(out output) error {
	path, err := c.policies(c.Name)
	if err != nil {
		return err
	}
	return c.change(out, http.MethodDelete, path, nil, "Deleted policy "+c.Name+".")
}
