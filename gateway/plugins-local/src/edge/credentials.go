package edge

import (
	"net/http"
	"strings"
)

var (
	challenge      = []string{`Bearer realm="api"`}
	noCredentials  = detail(401, "Authentication credentials were not provided.")
	badCredentials = &refusal{
		status: 401, kind: jsonType,
		body: `{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}`,
	}
)

// badToken is worded as clients know it from the system before this one.
func badToken(message string) *refusal {
	return &refusal{
		status: 401, kind: jsonType,
		body: `{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":` +
			`[{"token_class":"AccessToken","token_type":"access","message":"` + message + `"}]}`,
	}
}

// authenticate finds out who asks. A bad token is refused even where none is needed: clients
// learn from the 401 that they are signed out. Any other scheme than ours counts as no credentials at all. A token that
// was not known is given to be remembered, unless it is spelled in another way than clients do.
func authenticate(g *gate, r *http.Request, route *Route, out *response, now int64) (*newcomer, *refusal) {
	header := r.Header["Authorization"]
	if len(header) > 1 && !route.IgnoreCredentials {
		return nil, badCredentials
	}
	words := strings.Fields(strings.Join(header, " "))
	if route.IgnoreCredentials || len(words) == 0 || words[0] != "Bearer" {
		return nil, anonymous(r, route)
	}
	if len(words) != 2 {
		return nil, badCredentials
	}
	found, epoch := recall(g.memory, header[0])
	if found != nil && now < found.expires {
		out.user = found.user
		return nil, nil
	}
	found, no := check(g.tokens, words[1], now)
	if no != nil {
		return nil, no
	}
	out.user = found.user
	if header[0] != "Bearer "+words[1] {
		return nil, nil
	}
	return &newcomer{header: header[0], token: found, epoch: epoch}, nil
}

func anonymous(r *http.Request, route *Route) *refusal {
	isRead := r.Method == "GET" || r.Method == "HEAD" || r.Method == "OPTIONS"
	if route.Public == "always" || route.Public == "reads" && isRead {
		return nil
	}
	return noCredentials
}
