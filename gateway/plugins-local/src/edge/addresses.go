package edge

import (
	"net/http"
	"net/netip"
	"strings"
)

// trustForwardedHeaders tells services and limits the client that a proxy before us names. Traefik leaves X-Forwarded-For to trusted
// proxies alone, and each appends the address it saw; X-Real-Ip would be the proxy's own.
func trustForwardedHeaders(h http.Header, forwarded []string) {
	all := strings.Join(forwarded, ",")
	h["X-Real-Ip"] = []string{strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])}
}

// clientOf is the address a request comes from, or the network of 2^64 addresses that one client of IPv6 commands.
func clientOf(h http.Header) string {
	address := strings.Join(h["X-Real-Ip"], "")
	parsed, err := netip.ParseAddr(address)
	if err != nil || parsed.Unmap().Is4() {
		return address
	}
	network, err := parsed.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
