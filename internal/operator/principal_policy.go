package operator

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/auth"
	"cosell/internal/store"
)

type policyList struct {
	Policies map[string]policyDocument `json:"policies" nullable:"false" doc:"The policies by their names"`
}

// PolicyName is the part of a path that names a policy.
type PolicyName struct {
	Policy string `path:"policy" pattern:"^[\\w+=,.@-]{1,128}$" patternDescription:"letters, digits and _+=,.@-, at most 128" example:"selling"`
}

// PrincipalPolicyPath names a policy of a principal.
type PrincipalPolicyPath struct {
	PrincipalPath
	PolicyName
}

type putPolicyInput struct {
	PrincipalPolicyPath

	Body policyDocument
}

func (c Config) policyRoutes(rest huma.API, path, kind string) {
	huma.Get(rest, path, func(ctx context.Context, in *PrincipalPath) (*body[policyList], error) {
		return c.listPolicies(ctx, in.key(kind))
	}, tagged(principalTag, "List the policies of a "+kind))
	huma.Put(rest, path+"/{policy}", func(ctx context.Context, in *putPolicyInput) (*body[policyDocument], error) {
		return c.putPolicy(ctx, in.key(kind), in.Policy, in.Body)
	}, tagged(principalTag, "Give a "+kind+" a policy"))
	huma.Delete(rest, path+"/{policy}", func(ctx context.Context, in *PrincipalPolicyPath) (*struct{}, error) {
		return c.deletePolicy(ctx, in.key(kind), in.Policy)
	}, tagged(principalTag, "Take a policy from a "+kind))
}

// RootPolicyPath names a policy of the root user of an account.
type RootPolicyPath struct {
	AccountPath
	PolicyName
}

type putRootPolicyInput struct {
	RootPolicyPath

	Body policyDocument
}

// rootPolicyRoutes are those of the root user, which the development keys act as.
func (c Config) rootPolicyRoutes(rest huma.API, path string) {
	key := func(account string) store.PrincipalKey {
		return store.PrincipalKey{Account: account, Kind: auth.KindRoot, Name: auth.KindRoot}
	}
	huma.Get(rest, path, func(ctx context.Context, in *AccountPath) (*body[policyList], error) {
		return c.listPolicies(ctx, key(in.Account))
	}, tagged(principalTag, "List the policies that the development key of an account is held to"))
	huma.Put(rest, path+"/{policy}", func(ctx context.Context, in *putRootPolicyInput) (*body[policyDocument], error) {
		return c.putPolicy(ctx, key(in.Account), in.Policy, in.Body)
	}, tagged(principalTag, "Hold the development key of an account to a policy"))
	huma.Delete(rest, path+"/{policy}", func(ctx context.Context, in *RootPolicyPath) (*struct{}, error) {
		return c.deletePolicy(ctx, key(in.Account), in.Policy)
	}, tagged(principalTag, "Take a policy from the development key of an account; without any it may do everything"))
}

func (c Config) listPolicies(ctx context.Context, key store.PrincipalKey) (*body[policyList], error) {
	all, err := c.Identities.Policies(ctx, key)
	if err != nil {
		return nil, c.refusal(ctx, err, "path")
	}
	list := policyList{Policies: map[string]policyDocument{}}
	for name, p := range all {
		list.Policies[name] = shownPolicy(p)
	}
	return &body[policyList]{list}, nil
}

func (c Config) putPolicy(ctx context.Context, key store.PrincipalKey, name string, p policyDocument) (*body[policyDocument], error) {
	if err := c.Identities.PutPolicy(ctx, key, name, p.source()); err != nil {
		return nil, c.refusal(ctx, err, "body")
	}
	return &body[policyDocument]{p}, nil
}

func (c Config) deletePolicy(ctx context.Context, key store.PrincipalKey, name string) (*struct{}, error) {
	if err := c.Identities.DeletePolicy(ctx, key, name); err != nil {
		return nil, c.refusal(ctx, err, "path")
	}
	return nil, nil
}

// KeyPath names an access key of a user.
type KeyPath struct {
	PrincipalPath

	Key string `path:"key" pattern:"^AKIA[A-Z2-7]{16}$" patternDescription:"the id of an access key" example:"AKIAQEAYEAUDAOCAJBIF"`
}

type newKey struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey" doc:"Shown once"`
}

type accessKey struct {
	AccessKeyID string     `json:"AccessKeyId"`
	Status      string     `json:"status" enum:"Active,Inactive"`
	CreatedAt   time.Time  `json:"createdAt"`
	LastUsedAt  *time.Time `json:"lastUsedAt,omitempty" doc:"To a few minutes; absent if it was never used"`
}

type keyList struct {
	Keys []accessKey `json:"keys" nullable:"false"`
}

type keyStatus struct {
	Status string `json:"status" enum:"Active,Inactive"`
}

type patchKeyInput struct {
	KeyPath

	Body keyStatus
}

func (c Config) keyRoutes(rest huma.API, path string) {
	huma.Get(rest, path, func(ctx context.Context, in *PrincipalPath) (*body[keyList], error) {
		all, err := c.Identities.Keys(ctx, in.Account, in.Name)
		if err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		list := keyList{Keys: make([]accessKey, len(all))}
		for i, k := range all {
			list.Keys[i] = accessKey{AccessKeyID: k.ID, Status: k.Status, CreatedAt: k.CreatedAt}
			if !k.LastUsedAt.IsZero() {
				list.Keys[i].LastUsedAt = &all[i].LastUsedAt
			}
		}
		return &body[keyList]{list}, nil
	}, tagged(principalTag, "List the access keys of a user"))
	huma.Post(rest, path, func(ctx context.Context, in *PrincipalPath) (*body[newKey], error) {
		key, err := c.Identities.CreateKey(ctx, in.Account, in.Name)
		if err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return &body[newKey]{newKey{key.ID, key.Secret}}, nil
	}, tagged(principalTag, "Make an access key for a user, who has two at most"), func(o *huma.Operation) { o.DefaultStatus = 200 })
	huma.Patch(rest, path+"/{key}", func(ctx context.Context, in *patchKeyInput) (*struct{}, error) {
		if err := c.Identities.SetKeyStatus(ctx, in.Account, in.Name, in.Key, in.Body.Status); err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return nil, nil
	}, tagged(principalTag, "Activate or deactivate an access key"))
	huma.Delete(rest, path+"/{key}", func(ctx context.Context, in *KeyPath) (*struct{}, error) {
		if err := c.Identities.DeleteKey(ctx, in.Account, in.Name, in.Key); err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return nil, nil
	}, tagged(principalTag, "Delete an access key"))
}
