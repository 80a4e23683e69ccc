package edge

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the addresses and networks that are believed. Traefik knows them too, but reads only X-Forwarded-….
type proxies []netip.Prefix

func newProxies(list string) (proxies, error) {
	known := proxies{}
	for _, word := range strings.Split(list, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		if address, err := netip.ParseAddr(word); err == nil {
			known = append(known, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, fmt.Errorf("TRUSTED_PROXIES: %q is no address and no network", word)
		}
		known = append(known, network)
	}
	return known, nil
}

func (p proxies) include(remote string) bool {
	seen, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	for _, network := range p {
		if network.Contains(seen.Addr().Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// translate says in the headers that everybody reads what a trusted proxy says in that of RFC 7239. Of several proxies
// the last is the one that we know.
func translate(p proxies, r *http.Request) {
	h := r.Header
	if !p.include(r.RemoteAddr) {
		return
	}
	said := strings.Join(h["Forwarded"], ",")
	for _, pair := range strings.Split(said[strings.LastIndexByte(said, ',')+1:], ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "proto":
			h["X-Forwarded-Proto"] = []string{value}
		case "host":
			h["X-Forwarded-Host"] = []string{value}
		case "for":
			if address := addressOf(value); address != "" {
				h["X-Real-Ip"] = []string{address}
			}
		}
	}
}

// addressOf gives the address of 192.0.2.1, 192.0.2.1:4711, [2001:db8::1] and [2001:db8::1]:4711; "" of a name that
// hides one.
func addressOf(node string) string {
	if with, err := netip.ParseAddrPort(node); err == nil {
		return with.Addr().String()
	}
	address, err := netip.ParseAddr(strings.Trim(node, "[]"))
	if err != nil {
		return ""
	}
	return address.String()
}
