package operator

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cosell/internal/access"
)

// Who may use a route.
var (
	everyone       = []access.Role{access.Administrator, access.Reviewer, access.Auditor}
	reviewers      = []access.Role{access.Administrator, access.Reviewer}
	auditors       = []access.Role{access.Administrator, access.Auditor}
	administrators = []access.Role{access.Administrator}
)

// scope is what a route concerns, for operators who are limited to some accounts.
type scope uint8

const (
	wholeServer  scope = iota // they may not use it
	noAccount                 // it tells and changes nothing of an account
	pathAccount               // the path names the account
	queryAccount              // the query names the account
	ownCheck                  // the handler limits what it takes and tells, with covers
)

// right is who may use a route, and for which accounts.
type right struct {
	roles []access.Role
	scope scope
}

// rights has a line for each route. A route without one is for administrators of the
// whole server; a test refuses it.
var rights = map[string]right{
	"GET /session": {everyone, noAccount},

	"GET /tokens":           {administrators, wholeServer},
	"POST /tokens":          {administrators, wholeServer},
	"DELETE /tokens/{name}": {administrators, wholeServer},

	"GET /audit":              {auditors, queryAccount},
	"GET /audit/verification": {auditors, wholeServer},

	"GET /accounts":                     {everyone, ownCheck},
	"GET /accounts/{account}":           {everyone, pathAccount},
	"PUT /accounts/{account}":           {administrators, pathAccount},
	"GET /accounts/{account}/features":  {everyone, pathAccount},
	"PUT /accounts/{account}/features":  {administrators, pathAccount},
	"GET /accounts/{account}/quotas":    {everyone, pathAccount},
	"PUT /accounts/{account}/quotas":    {administrators, pathAccount},
	"DELETE /accounts/{account}/quotas": {administrators, pathAccount},

	"GET /accounts/{account}/users":                              {everyone, pathAccount},
	"GET /accounts/{account}/users/{name}":                       {everyone, pathAccount},
	"PUT /accounts/{account}/users/{name}":                       {administrators, pathAccount},
	"DELETE /accounts/{account}/users/{name}":                    {administrators, pathAccount},
	"GET /accounts/{account}/users/{name}/policies":              {everyone, pathAccount},
	"PUT /accounts/{account}/users/{name}/policies/{policy}":     {administrators, pathAccount},
	"DELETE /accounts/{account}/users/{name}/policies/{policy}":  {administrators, pathAccount},
	"GET /accounts/{account}/groups":                             {everyone, pathAccount},
	"GET /accounts/{account}/groups/{name}":                      {everyone, pathAccount},
	"PUT /accounts/{account}/groups/{name}":                      {administrators, pathAccount},
	"DELETE /accounts/{account}/groups/{name}":                   {administrators, pathAccount},
	"GET /accounts/{account}/groups/{name}/policies":             {everyone, pathAccount},
	"PUT /accounts/{account}/groups/{name}/policies/{policy}":    {administrators, pathAccount},
	"DELETE /accounts/{account}/groups/{name}/policies/{policy}": {administrators, pathAccount},
	"GET /accounts/{account}/roles":                              {everyone, pathAccount},
	"GET /accounts/{account}/roles/{name}":                       {everyone, pathAccount},
	"PUT /accounts/{account}/roles/{name}":                       {administrators, pathAccount},
	"DELETE /accounts/{account}/roles/{name}":                    {administrators, pathAccount},
	"GET /accounts/{account}/roles/{name}/policies":              {everyone, pathAccount},
	"PUT /accounts/{account}/roles/{name}/policies/{policy}":     {administrators, pathAccount},
	"DELETE /accounts/{account}/roles/{name}/policies/{policy}":  {administrators, pathAccount},
	"PUT /accounts/{account}/groups/{name}/members/{user}":       {administrators, pathAccount},
	"DELETE /accounts/{account}/groups/{name}/members/{user}":    {administrators, pathAccount},
	"GET /accounts/{account}/policies":                           {everyone, pathAccount},
	"PUT /accounts/{account}/policies/{policy}":                  {administrators, pathAccount},
	"DELETE /accounts/{account}/policies/{policy}":               {administrators, pathAccount},
	"GET /accounts/{account}/users/{name}/password":              {everyone, pathAccount},
	"PUT /accounts/{account}/users/{name}/password":              {administrators, pathAccount},
	"DELETE /accounts/{account}/users/{name}/password":           {administrators, pathAccount},
	"GET /accounts/{account}/users/{name}/keys":                  {everyone, pathAccount},
	"POST /accounts/{account}/users/{name}/keys":                 {administrators, pathAccount},
	"PATCH /accounts/{account}/users/{name}/keys/{key}":          {administrators, pathAccount},
	"DELETE /accounts/{account}/users/{name}/keys/{key}":         {administrators, pathAccount},

	"GET /managed-policies":              {everyone, noAccount},
	"GET /accounts/{account}/simulation": {everyone, pathAccount},

	"GET /clock":  {everyone, noAccount},
	"POST /clock": {administrators, wholeServer},

	"GET /accounts/{account}/catalogs/{catalog}/customer-accounts":             {everyone, pathAccount},
	"POST /accounts/{account}/catalogs/{catalog}/customer-accounts/{id}/match": {reviewers, pathAccount},
	"GET /catalogs/{catalog}/customers":                                        {everyone, wholeServer},
	"PUT /catalogs/{catalog}/customers":                                        {administrators, wholeServer},
	"GET /catalogs/{catalog}/matching":                                         {everyone, noAccount},
	"PUT /catalogs/{catalog}/matching":                                         {administrators, wholeServer},

	"GET /accounts/{account}/deliveries":          {everyone, pathAccount},
	"POST /accounts/{account}/deliveries/redrive": {administrators, pathAccount},
	"POST /accounts/{account}/deliveries/replay":  {administrators, pathAccount},

	"GET /engagement-groups":           {everyone, wholeServer},
	"GET /engagement-groups/{name}":    {everyone, wholeServer},
	"PUT /engagement-groups/{name}":    {administrators, wholeServer},
	"DELETE /engagement-groups/{name}": {administrators, wholeServer},

	"GET /events":        {everyone, queryAccount},
	"GET /events/stream": {everyone, queryAccount},

	"GET /faults":         {everyone, wholeServer},
	"PUT /faults":         {administrators, wholeServer},
	"DELETE /faults":      {administrators, wholeServer},
	"GET /faults/fired":   {everyone, wholeServer},
	"GET /faults/presets": {everyone, noAccount},

	"GET /requests":    {everyone, queryAccount},
	"DELETE /requests": {administrators, queryAccount},

	"GET /opportunities":          {everyone, queryAccount},
	"GET /pipeline":               {everyone, queryAccount},
	"GET /resources/{id}":         {everyone, ownCheck},
	"GET /resources/{id}/history": {everyone, queryAccount},
	"POST /referrals":             {reviewers, ownCheck},

	"GET /opportunities/{id}/aws-summary":   {everyone, queryAccount},
	"PATCH /opportunities/{id}/aws-summary": {reviewers, queryAccount},
	"POST /opportunities/{id}/review":       {reviewers, queryAccount},
	"GET /opportunities/{id}/submission":    {everyone, queryAccount},
	"GET /proposals":                        {everyone, queryAccount},
	"GET /proposals/{token}":                {everyone, ownCheck},
	"POST /proposals/{token}/approve":       {reviewers, ownCheck},
	"POST /proposals/{token}/reject":        {reviewers, ownCheck},
	"GET /reviews":                          {everyone, queryAccount},
	"GET /review-policies/{catalog}":        {everyone, noAccount},
	"PUT /review-policies/{catalog}":        {administrators, wholeServer},

	"GET /accounts/{account}/catalogs/{catalog}/solutions":      {everyone, pathAccount},
	"GET /accounts/{account}/catalogs/{catalog}/solutions/{id}": {everyone, pathAccount},
	"PUT /accounts/{account}/catalogs/{catalog}/solutions/{id}": {reviewers, pathAccount},

	"GET /export":    {administrators, wholeServer},
	"GET /fixtures":  {everyone, wholeServer},
	"POST /fixtures": {administrators, wholeServer},
	"POST /import":   {administrators, wholeServer},
	"POST /reset":    {administrators, queryAccount},
	"GET /settings":  {everyone, noAccount},
	"GET /storage":   {everyone, wholeServer},
	"GET /work":      {everyone, wholeServer},

	"GET /accounts/{account}/webhooks":              {everyone, pathAccount},
	"PUT /accounts/{account}/webhooks/{id}":         {administrators, pathAccount},
	"DELETE /accounts/{account}/webhooks/{id}":      {administrators, pathAccount},
	"POST /accounts/{account}/webhooks/{id}/rotate": {administrators, pathAccount},
	"POST /accounts/{account}/webhooks/{id}/test":   {administrators, pathAccount},
}

// authorize returns a middleware that refuses operators who may not use a route, or not
// for the account that the request names.
func (c Config) authorize(rest huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		i := access.From(ctx.Context())
		status, detail := refusalOf(i, ctx)
		if i != nil && i.Role == access.User {
			status, detail = c.refusalOfUser(i, ctx)
			r, _ := humago.Unwrap(ctx)
			ctx = huma.WithValue(ctx, requestKey{}, r) // policies ask where it comes from
		}
		if status != 0 {
			_ = huma.WriteErr(rest, ctx, status, detail)
			return
		}
		next(ctx)
	}
}

// refusalOf returns the status and the reason of a refusal, 0 for none.
func refusalOf(i *access.Identity, ctx huma.Context) (int, string) {
	if i == nil {
		return http.StatusUnauthorized, access.Unidentified().Detail
	}
	route := ctx.Operation().Method + " " + ctx.Operation().Path
	allowed, known := rights[route]
	if !known {
		allowed = right{administrators, wholeServer}
	}
	if !slices.Contains(allowed.roles, i.Role) {
		return http.StatusForbidden, "operator: has the role " + string(i.Role) + ", which may not use this route"
	}
	if !i.Scoped() {
		return 0, ""
	}
	account := ""
	switch allowed.scope {
	case noAccount, ownCheck:
		return 0, ""
	case wholeServer:
		return http.StatusForbidden, "operator: is limited to some accounts; must not be to use this route, which concerns all of them"
	case pathAccount:
		account = ctx.Param("account")
	case queryAccount:
		account = ctx.Query("account")
	}
	if !i.Covers(account) {
		return http.StatusForbidden, foreignAccount
	}
	return 0, ""
}

const foreignAccount = "account: is none of the operator's; must be one that the operator's token names"

// covers returns an error unless the operator of a request may see and change an account.
func covers(ctx context.Context, account string) error {
	if i := access.From(ctx); i != nil && i.Covers(account) {
		return nil
	}
	return huma.Error403Forbidden(foreignAccount)
}
