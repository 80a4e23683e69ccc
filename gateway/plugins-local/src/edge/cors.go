package edge

import "net/http"

// Any origin may read and send: tokens travel in a header that only a page of ours sets, never in cookies, so there is
// nothing a foreign page could borrow.
var (
	varyOrigin       = []string{"Origin"}
	allowCredentials = []string{"true"}
	allowMethods     = []string{"DELETE, GET, OPTIONS, PATCH, POST, PUT"}
	maxAge           = []string{"86400"}

	// The same for every path: it tells nothing about a path that a request would not.
	preflight = &refusal{status: 200, kind: htmlType}
)

func isPreflight(r *http.Request) bool {
	return len(r.Header["Access-Control-Request-Method"]) > 0
}

// share lets scripts of the asking origin read an answer.
func share(h http.Header, g *gate, origin []string) {
	h["Access-Control-Allow-Origin"] = origin
	h["Access-Control-Allow-Credentials"] = allowCredentials
	h["Access-Control-Expose-Headers"] = g.exposed
}

// permit adds what only the answer to a preflight says.
func permit(h http.Header, g *gate) {
	h["Access-Control-Allow-Methods"] = allowMethods
	h["Access-Control-Allow-Headers"] = g.allowed
	h["Access-Control-Max-Age"] = maxAge
}
