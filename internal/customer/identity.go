package customer

import (
	"net/url"
	"strings"

	"cosell/internal/api"
	"cosell/internal/store"
)

// identity is what of an account's data tells one customer from another, in one
// form however it was written. Empty text is absent.
type identity struct {
	duns    string
	domain  string // of the account, else the host of its website
	name    string
	country string
}

func identify(data *api.CustomerAccountData) identity {
	id := identity{
		duns:   api.Value(data.Duns),
		domain: host(api.Value(data.Domain)),
		name:   fold(*data.CompanyName),
	}
	if id.domain == "" {
		id.domain = host(api.Value(data.WebsiteUrl))
	}
	if data.Address != nil {
		id.country = string(api.Value(data.Address.CountryCode))
	}
	return id
}

// known reports whether the identity is more than a name.
func (i identity) known() bool { return i.duns != "" || i.domain != "" }

// key names the customer: by its D-U-N-S number, else its domain, else its name
// and country.
func (i identity) key() string {
	switch {
	case i.duns != "":
		return "duns:" + i.duns
	case i.domain != "":
		return "domain:" + i.domain
	default:
		return "name:" + i.name + "|" + i.country
	}
}

// like is the identity as the directory is asked for it.
func (i identity) like() store.DirectoryCustomer {
	return store.DirectoryCustomer{Duns: i.duns, Domain: i.domain, Name: i.name, Country: i.country}
}

// fold brings a name into the form in which names are compared.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// host returns the host of a website or a domain in lower case, without a leading
// www and a trailing dot; "" where there is none.
func host(site string) string {
	site = strings.TrimSpace(site)
	if site == "" {
		return ""
	}
	if !strings.Contains(site, "://") {
		site = "https://" + site
	}
	u, err := url.Parse(site)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), ".")
}

// issues are the remarks of the matching about an account's data.
func issues(data *api.CustomerAccountData) []api.Issue {
	domain, website := host(api.Value(data.Domain)), host(api.Value(data.WebsiteUrl))
	if domain == "" || website == "" || website == domain || strings.HasSuffix(website, "."+domain) {
		return nil
	}
	return []api.Issue{{
		Severity: new("WARNING"), Code: new("WEBSITE_DOMAIN_MISMATCH"),
		Message: new("The host of WebsiteUrl is not in Domain; one of them may belong to another company"),
	}}
}
