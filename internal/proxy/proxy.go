// Package proxy finds out where requests come from that reach the server through
// proxies.
package proxy

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"cosell/internal/access"
	"cosell/internal/auth"
)

// maxHops is how many addresses are looked at, from the server outward.
const maxHops = 32

// Trust returns a handler that passes requests on with the address of their client in
// RemoteAddr. What proxies of the given networks say of it is believed, and of no one
// else: the address is the first one, from the server outward, that is not such a proxy.
func Trust(networks []netip.Prefix, next http.Handler) http.Handler {
	if len(networks) == 0 {
		return next
	}
	t := trusted(networks)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !t.holds(peer.Addr()) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, remote := r.Context(), r.RemoteAddr
		if protocols := r.Header["X-Forwarded-Proto"]; len(protocols) == 1 && strings.EqualFold(protocols[0], "https") {
			ctx = access.WithSecure(ctx)
		}
		client := t.client(peer.Addr(), r.Header)
		// A proxy elsewhere may have clients on its own machine; they are not on this one.
		if !client.IsLoopback() || peer.Addr().Unmap().IsLoopback() {
			remote = netip.AddrPortFrom(client, 0).String()
		}
		inner := r.WithContext(auth.WithRemote(ctx, remote))
		inner.RemoteAddr = remote
		next.ServeHTTP(w, inner)
	})
}

// trusted are the networks of proxies.
type trusted []netip.Prefix

func (t trusted) holds(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(t, func(n netip.Prefix) bool { return n.Contains(address) })
}

// client returns the address of the client of a request that a proxy sent. Where the two
// kinds of headers name different clients, one of them is the client's own invention:
// nobody's address counts, since that of the proxy may do more than others.
func (t trusted) client(peer netip.Addr, header http.Header) netip.Addr {
	plain, structured := header["X-Forwarded-For"], header["Forwarded"]
	peer = peer.Unmap()
	switch {
	case len(plain) == 0:
		return t.walk(peer, forwarded(structured))
	case len(structured) == 0:
		return t.walk(peer, split(plain))
	}
	one, other := t.walk(peer, split(plain)), t.walk(peer, forwarded(structured))
	if one != other {
		return netip.IPv4Unspecified()
	}
	return one
}

// walk returns the first address that is not a proxy's, from the last node of a list to
// the first; where a node is no address, the one after it.
func (t trusted) walk(peer netip.Addr, nodes []string) netip.Addr {
	client := peer
	for i := range min(len(nodes), maxHops) {
		address, ok := parseNode(nodes[len(nodes)-1-i])
		if !ok {
			return client
		}
		client = address
		if !t.holds(address) {
			return client
		}
	}
	return client
}

// split returns the elements of a header that may be sent more than once.
func split(values []string) (all []string) {
	for _, value := range values {
		all = append(all, strings.Split(value, ",")...)
	}
	return all
}

// forwarded returns the for parameters of the elements of a Forwarded header (RFC 7239),
// "" where an element has none.
func forwarded(values []string) []string {
	elements := split(values) // no address has a comma, so one in quotes makes what is no address
	for i, element := range elements {
		elements[i] = ""
		for pair := range strings.SplitSeq(element, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.EqualFold(name, "for") {
				elements[i] = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`)
			}
		}
	}
	return elements
}

// parseNode parses an address, with or without a port.
func parseNode(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return address.Unmap().WithZone(""), err == nil
}
