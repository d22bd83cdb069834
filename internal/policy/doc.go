// Package policy parses IAM policy documents and evaluates them. It is pure: it knows no
// store, no clock and no request of this server.
//
// [Parse] is strict: what IAM would refuse, or what would silently never match, is an error
// that names its place. [Policies.Evaluate] follows IAM's logic: an explicit deny of any policy wins;
// otherwise an identity policy must allow, and so must the permissions boundary and the
// session policies where there are any.
package policy
