package operator

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/auth"
	"cosell/internal/identity"
	"cosell/internal/store"
)

// Identities has the users, groups and roles of accounts; [identity.Service] implements
// it.
type Identities interface { //nolint:interfacebloat // one method for each route
	Put(ctx context.Context, key store.PrincipalKey, in identity.Settings) (*identity.Principal, error)
	Get(ctx context.Context, key store.PrincipalKey) (*identity.Principal, error)
	List(ctx context.Context, account, kind string) ([]identity.Principal, error)
	Delete(ctx context.Context, key store.PrincipalKey) error
	PutMember(ctx context.Context, account, group, user string) error
	DeleteMember(ctx context.Context, account, group, user string) error
	Policies(ctx context.Context, key store.PrincipalKey) (map[string]identity.Source, error)
	PutPolicy(ctx context.Context, key store.PrincipalKey, name string, p identity.Source) error
	DeletePolicy(ctx context.Context, key store.PrincipalKey, name string) error
	CreateKey(ctx context.Context, account, user string) (identity.NewAccessKey, error)
	Keys(ctx context.Context, account, user string) ([]identity.AccessKey, error)
	Effective(ctx context.Context, key store.PrincipalKey) (*identity.Effective, error)
	SetKeyStatus(ctx context.Context, account, user, id, status string) error
	DeleteKey(ctx context.Context, account, user, id string) error
	SetPassword(ctx context.Context, account, user, password string) error
	DeletePassword(ctx context.Context, account, user string) error
	Password(ctx context.Context, account, user string) (identity.Password, error)
}

// principalTag is what the description calls these routes.
const principalTag = "Principals"

// principalKinds are the kinds of principals by the part of a path that names them.
var principalKinds = []struct{ path, kind string }{
	{"users", auth.KindUser}, {"groups", auth.KindGroup}, {"roles", auth.KindRole},
}

// PrincipalPath names a user, group or role of an account.
type PrincipalPath struct {
	AccountPath

	Name string `path:"name" pattern:"^[\\w+=,.@-]{1,64}$" patternDescription:"letters, digits and _+=,.@-, at most 64" example:"crm-sync"`
}

func (p PrincipalPath) key(kind string) store.PrincipalKey {
	return store.PrincipalKey{Account: p.Account, Kind: kind, Name: p.Name}
}

// policyDocument is an IAM policy document, or names a managed policy.
type policyDocument struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (policyDocument) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: "An IAM policy document, or the name of a managed policy as {\"managed\":\"AWSPartnerCentralFullAccess\"}",
	}
}

func (p policyDocument) source() identity.Source {
	var managed struct {
		Managed string `json:"managed"`
	}
	if json.Unmarshal(p.RawMessage, &managed) == nil && managed.Managed != "" {
		return identity.Source{Managed: managed.Managed}
	}
	return identity.Source{Document: p.RawMessage}
}

func shownPolicy(p identity.Source) policyDocument {
	if p.Managed == "" {
		return policyDocument{p.Document}
	}
	text, _ := json.Marshal(p) //nolint:errchkjson // a name always encodes
	return policyDocument{text}
}

// trustDocument is the trust policy of a role.
type trustDocument struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (trustDocument) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "The trust policy: an IAM document with principals"}
}

type userSettings struct {
	PermissionsBoundary policyDocument `json:"permissionsBoundary,omitzero"`
}

type roleSettings struct {
	TrustPolicy         trustDocument  `json:"trustPolicy"`
	MaxSessionDuration  int            `json:"maxSessionDuration,omitempty" minimum:"3600" maximum:"43200" doc:"Seconds that a session lasts at most (default 3600)"`
	PermissionsBoundary policyDocument `json:"permissionsBoundary,omitzero"`
}

func (s *userSettings) settings() identity.Settings {
	if s == nil {
		return identity.Settings{}
	}
	return identity.Settings{Boundary: boundaryOf(s.PermissionsBoundary)}
}

func boundaryOf(p policyDocument) *identity.Source {
	if len(p.RawMessage) == 0 || string(p.RawMessage) == "null" {
		return nil
	}
	return new(p.source())
}

type putUserInput struct {
	PrincipalPath

	Body *userSettings `required:"false"`
}

type putRoleInput struct {
	PrincipalPath

	Body roleSettings
}

type principal struct {
	Name                string         `json:"name"`
	ARN                 string         `json:"arn"`
	ID                  string         `json:"id" doc:"The unique id, which no later principal of this name has"`
	CreatedAt           time.Time      `json:"createdAt"`
	TrustPolicy         trustDocument  `json:"trustPolicy,omitzero"`
	MaxSessionDuration  int            `json:"maxSessionDuration,omitempty"`
	PermissionsBoundary policyDocument `json:"permissionsBoundary,omitzero"`
	Groups              []string       `json:"groups,omitempty" nullable:"false" doc:"The groups of a user"`
	Members             []string       `json:"members,omitempty" nullable:"false" doc:"The users in a group"`
}

type principalList struct {
	Principals []principal `json:"principals" nullable:"false"`
}

func shownPrincipal(p *identity.Principal) principal {
	shown := principal{
		Name: p.Name, ARN: p.ARN(), ID: p.ID, CreatedAt: p.CreatedAt, TrustPolicy: trustDocument{p.TrustPolicy},
		MaxSessionDuration: int(p.MaxSessionDuration / time.Second), Groups: p.Groups, Members: p.Members,
	}
	if p.Boundary != nil {
		shown.PermissionsBoundary = shownPolicy(*p.Boundary)
	}
	return shown
}

func (c Config) principalRoutes(rest huma.API) {
	const path = "/accounts/{account}/"
	for _, k := range principalKinds {
		c.principalKindRoutes(rest, path+k.path, k.kind)
		c.policyRoutes(rest, path+k.path+"/{name}/policies", k.kind)
	}
	huma.Put(rest, path+"users/{name}", func(ctx context.Context, in *putUserInput) (*body[principal], error) {
		return c.putPrincipal(ctx, in.key(auth.KindUser), in.Body.settings())
	}, tagged(principalTag, "Make a user, or change its permissions boundary"))
	huma.Put(rest, path+"groups/{name}", func(ctx context.Context, in *PrincipalPath) (*body[principal], error) {
		return c.putPrincipal(ctx, in.key(auth.KindGroup), identity.Settings{})
	}, tagged(principalTag, "Make a group"))
	huma.Put(rest, path+"roles/{name}", func(ctx context.Context, in *putRoleInput) (*body[principal], error) {
		return c.putPrincipal(ctx, in.key(auth.KindRole), identity.Settings{
			TrustPolicy: in.Body.TrustPolicy.RawMessage, Boundary: boundaryOf(in.Body.PermissionsBoundary),
			MaxSessionDuration: time.Duration(in.Body.MaxSessionDuration) * time.Second,
		})
	}, tagged(principalTag, "Make a role, or replace its settings"))
	c.memberRoutes(rest, path+"groups/{name}/members/{user}")
	c.rootPolicyRoutes(rest, path+"policies")
	c.keyRoutes(rest, path+"users/{name}/keys")
	c.passwordRoutes(rest, path+"users/{name}/password")
}

func (c Config) putPrincipal(ctx context.Context, key store.PrincipalKey, in identity.Settings) (*body[principal], error) {
	p, err := c.Identities.Put(ctx, key, in)
	if err != nil {
		return nil, c.refusal(ctx, err, "body")
	}
	return &body[principal]{shownPrincipal(p)}, nil
}

func (c Config) principalKindRoutes(rest huma.API, path, kind string) {
	huma.Get(rest, path, func(ctx context.Context, in *AccountPath) (*body[principalList], error) {
		all, err := c.Identities.List(ctx, in.Account, kind)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := principalList{Principals: make([]principal, len(all))}
		for i := range all {
			list.Principals[i] = shownPrincipal(&all[i])
		}
		return &body[principalList]{list}, nil
	}, tagged(principalTag, "List the "+kind+"s of an account"))
	huma.Get(rest, path+"/{name}", func(ctx context.Context, in *PrincipalPath) (*body[principal], error) {
		p, err := c.Identities.Get(ctx, in.key(kind))
		if err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return &body[principal]{shownPrincipal(p)}, nil
	}, tagged(principalTag, "Read a "+kind))
	huma.Delete(rest, path+"/{name}", func(ctx context.Context, in *PrincipalPath) (*struct{}, error) {
		if err := c.Identities.Delete(ctx, in.key(kind)); err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return nil, nil
	}, tagged(principalTag, "Delete a "+kind+" with its policies"+map[string]string{auth.KindUser: ", access keys and password"}[kind]))
}

// MemberPath names a user in a group.
type MemberPath struct {
	PrincipalPath

	User string `path:"user" pattern:"^[\\w+=,.@-]{1,64}$" patternDescription:"letters, digits and _+=,.@-, at most 64"`
}

func (c Config) memberRoutes(rest huma.API, path string) {
	huma.Put(rest, path, func(ctx context.Context, in *MemberPath) (*struct{}, error) {
		if err := c.Identities.PutMember(ctx, in.Account, in.Name, in.User); err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return nil, nil
	}, tagged(principalTag, "Add a user to a group"))
	huma.Delete(rest, path, func(ctx context.Context, in *MemberPath) (*struct{}, error) {
		if err := c.Identities.DeleteMember(ctx, in.Account, in.Name, in.User); err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return nil, nil
	}, tagged(principalTag, "Remove a user from a group"))
}
