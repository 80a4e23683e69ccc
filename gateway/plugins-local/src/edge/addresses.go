package edge

import (
	"net/http"
	"net/netip"
	"strings"
)

// believe tells services and limits the client that a proxy before us names. Traefik leaves X-Forwarded-For to trusted
// proxies alone, and each appends the address it saw; X-Real-Ip would be the proxy's own.
func believe(h http.Header, forwarded []string) {
	all := strings.Join(forwarded, ",")
	h["X-Real-Ip"] = []string{strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])}
}

// network is the address itself, or the 2^64 addresses that one client of IPv6 commands.
func network(address []string) string {
	if len(address) == 0 {
		return ""
	}
	parsed, err := netip.ParseAddr(address[0])
	if err != nil || parsed.Unmap().Is4() {
		return address[0]
	}
	prefix, err := parsed.Prefix(64)
	if err != nil {
		return address[0]
	}
	return prefix.String()
}
