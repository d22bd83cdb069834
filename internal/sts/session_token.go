package sts

import (
	"encoding/xml"
	"strconv"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/identity"
)

const (
	defaultToken = 12 * time.Hour
	maxToken     = 36 * time.Hour
	maxRootToken = time.Hour // of a root user
)

type sessionToken struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetSessionTokenResponse"`
	Result  struct {
		Credentials xmlCredentials
	} `xml:"GetSessionTokenResult"`
	ResponseMetadata metadata
}

// sessionToken makes temporary credentials of the caller itself.
func (c Config) sessionToken(r *request, m metadata) (any, error) {
	who := r.caller.Identity
	if who == nil {
		who = &auth.Identity{Kind: auth.KindRoot, Name: auth.KindRoot}
	}
	if who.Session != nil {
		return nil, api.AccessDenied("Cannot call GetSessionToken with session credentials")
	}
	if r.form.Has("SerialNumber") || r.form.Has("TokenCode") {
		return nil, invalid("SerialNumber and TokenCode: are not supported by this server; must be left out")
	}
	duration := defaultToken
	if given := r.form.Get("DurationSeconds"); given != "" {
		seconds, err := strconv.ParseUint(given, 10, 20)
		duration = time.Duration(seconds) * time.Second
		if err != nil || duration < minDuration || duration > maxToken {
			return nil, invalid("DurationSeconds: must be 900 to 129600")
		}
	}
	if who.Kind == auth.KindRoot {
		duration = min(duration, maxRootToken)
	}
	credentials, err := c.Identities.Grant(identity.Grant{Account: r.caller.Account, Kind: who.Kind, Name: who.Name, ID: who.ID, Duration: duration})
	if err != nil {
		return nil, err
	}
	if err := c.granted(r, credentials, nil, ""); err != nil {
		return nil, err
	}
	answer := &sessionToken{ResponseMetadata: m}
	answer.Result.Credentials = shown(credentials)
	return answer, nil
}

type accessKeyInfo struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetAccessKeyInfoResponse"`
	Result  struct {
		Account string
	} `xml:"GetAccessKeyInfoResult"`
	ResponseMetadata metadata
}

// accessKeyInfo tells the account of an access key, which its id says, whether or not
// there is such a key.
func (c Config) accessKeyInfo(r *request, m metadata) (any, error) {
	if err := c.Authorizer.CheckAction(r.Context(), r.Request, r.caller, "sts:GetAccessKeyInfo", "*", nil); err != nil {
		return nil, err
	}
	account, ok := identity.AccountOf(r.form.Get("AccessKeyId"))
	if !ok {
		return nil, invalid("AccessKeyId: must be the id of an access key, such as AKIAQEAYEAUDAOCAJBIF")
	}
	answer := &accessKeyInfo{ResponseMetadata: m}
	answer.Result.Account = account
	return answer, nil
}
