package edge

import "strings"

// routesByPath gives the routes twice: by the whole path, which is looked up first, and by what a path begins with. So
// the collection words (export-xlsx) win over codes.
func routesByPath(routes []Route) (map[string]*Route, map[string]*Route) {
	whole := map[string]*Route{}
	below := map[string]*Route{}
	for i := range routes {
		path := routes[i].Path
		whole[path] = &routes[i]
		if path == prefixOf(path) {
			below[path] = &routes[i]
		}
	}
	return whole, below
}

func lookUp(g *gate, path string) *Route {
	if route := g.whole[path]; route != nil {
		return route
	}
	return g.below[prefixOf(path)]
}

// prefixOf gives "/api/v1/project/" of "/api/v1/project/A/1/", "/api/token/" of "/api/token/refresh/" and
// "/media/" of "/media/a.jpg"; "" when there is nothing below such a prefix.
func prefixOf(path string) string {
	start := 1
	for _, base := range []string{"/api/v1/", "/api/", "/static/"} {
		if strings.HasPrefix(path, base) {
			start = len(base)
			break
		}
	}
	end := -1
	if len(path) > start {
		end = strings.IndexByte(path[start:], '/')
	}
	if end <= 0 {
		return ""
	}
	return path[:start+end+1]
}
