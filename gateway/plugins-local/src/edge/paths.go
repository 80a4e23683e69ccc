package edge

import (
	"net/url"
	"strings"
)

// Control characters (NUL among them) and the backslash, which some programs read as a slash.
const forbidden = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\\"

// find gives the route of a path, or the reason to refuse it. Routes are looked up by the decoded path, so that no
// spelling of a path changes who may use it.
func find(g *gate, u *url.URL) (*Route, *refusal) {
	path := u.Path
	route := lookUp(g, path)
	if strings.ContainsAny(path, forbidden) || hidesSlash(u.RawPath) && !inCode(u.RawPath, route) {
		return nil, badPath
	}
	if strings.HasPrefix(path, "/api/") && !endsInSlash(u) {
		return nil, addSlash(g, u)
	}
	if route == nil {
		return nil, notFound
	}
	if !route.Code && climbs(path) {
		return nil, badPath
	}
	return route, nil
}

// hidesSlash reports a slash that is part of a name, not between two.
func hidesSlash(rawPath string) bool {
	return strings.Contains(rawPath, "%2F") || strings.Contains(rawPath, "%2f")
}

// inCode reports that what is hidden is part of a code: everything before the code is spelled out.
func inCode(rawPath string, route *Route) bool {
	return route != nil && route.Code && strings.HasPrefix(rawPath, route.Path)
}

// climbs reports "." and ".." as whole parts of a path. Codes may be such parts, other names never are.
func climbs(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// endsInSlash looks at the path as it was sent: the final slash of "/project/A%2F" belongs to the code.
func endsInSlash(u *url.URL) bool {
	if u.RawPath != "" {
		return strings.HasSuffix(u.RawPath, "/")
	}
	return strings.HasSuffix(u.Path, "/")
}

// addSlash sends the client to the same place with the slash it left out, whatever the method; that comes before
// any question of rights, as it always has.
func addSlash(g *gate, u *url.URL) *refusal {
	if lookUp(g, u.Path+"/") == nil {
		return notFound
	}
	target := u.EscapedPath() + "/"
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	return moved(target)
}
