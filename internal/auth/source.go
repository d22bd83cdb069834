package auth

import (
	"context"
	"net/netip"
)

// networkBits is how much of an IPv6 address counts: one customer has all the rest.
const networkBits = 64

// Source returns what counts as one client where clients are limited that are not known
// yet: the address of a remote, or the network of a customer. It is not valid for what is
// no address, such as that of a Unix socket: all of them count as one.
func Source(remote string) netip.Addr {
	parsed, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	address := parsed.Addr().Unmap().WithZone("")
	if address.Is6() {
		if network, err := address.Prefix(networkBits); err == nil {
			return network.Addr()
		}
	}
	return address
}

type remoteKey struct{}

// WithRemote returns the context of requests that are from a remote address.
func WithRemote(ctx context.Context, remote string) context.Context {
	return context.WithValue(ctx, remoteKey{}, remote)
}

// SourceOf returns the [Source] of the request of a context, which is not valid where the
// server asks by itself.
func SourceOf(ctx context.Context) netip.Addr {
	remote, _ := ctx.Value(remoteKey{}).(string)
	return Source(remote)
}
