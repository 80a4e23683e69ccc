package edge

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// gate is what all requests are judged by.
type gate struct {
	whole         map[string]*Route // by the whole path
	below         map[string]*Route // by what a path begins with
	memory        *memory
	tokens        *verifier
	anyone        *limiter
	users         *limiter
	limited       bool
	exposed       []string
	allowed       []string
	standardLimit int64
	codings       *codings
	proxies       proxies
}

// methods that the services know. Of others, some make their servers hang up.
var methods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "OPTIONS": true,
}

var (
	gates    = map[string]*gate{}
	gatesMux sync.Mutex
)

// gateFor gives routers of equal settings the same gate.
func gateFor(config *Config) (*gate, error) {
	gatesMux.Lock()
	defer gatesMux.Unlock()
	settings := fmt.Sprintf("%+v", *config)
	if gates[settings] == nil {
		made, err := newGate(config)
		if err != nil {
			return nil, err
		}
		gates[settings] = made
	}
	return gates[settings], nil
}

func newGate(config *Config) (*gate, error) {
	anyone, err := newLimiter(config.AnonymousRate)
	if err != nil {
		return nil, err
	}
	users, err := newLimiter(config.UserRate)
	if err != nil {
		return nil, err
	}
	trusted, err := newProxies(config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	keys, err := newKeyring(config.KeyServers, config.StateFolder)
	if err != nil {
		return nil, err
	}
	whole, below := routesByPath(config.Routes)
	m := newMemory()
	return &gate{
		memory:        m,
		whole:         whole,
		below:         below,
		tokens:        newVerifier(keys, m, config),
		anyone:        anyone,
		users:         users,
		limited:       anyone != nil || users != nil,
		exposed:       []string{config.ExposedHeaders},
		allowed:       []string{config.AllowedHeaders},
		standardLimit: int64(config.Megabytes) << 20,
		codings:       newCodings(config.Packed),
		proxies:       trusted,
	}, nil
}

// admit gives the reason why a request may not pass, nil if it may. Most requests ask for a path and bring a token that
// were judged before: those only have to be remembered.
func admit(g *gate, r *http.Request, out *response) *refusal {
	u := r.URL
	header := r.Header["Authorization"]
	if len(header) > 1 || r.ContentLength != 0 || u.RawPath != "" {
		return authorize(g, r, out)
	}
	authorization := ""
	if len(header) == 1 {
		authorization = header[0]
	}
	m := g.memory
	m.mutex.Lock()
	route := m.routes[u.Path]
	token := m.tokens[authorization]
	m.mutex.Unlock()
	now := time.Now().UnixMilli()
	if route == nil || token == nil || now >= token.expires {
		return authorize(g, r, out)
	}
	if token == nobody && (route.Public == "" || r.Method != "GET") || !methods[r.Method] {
		return authorize(g, r, out)
	}
	out.user = token.user
	if g.limited {
		return count(g, r, route, out, now)
	}
	return nil
}

// authorize looks at everything.
func authorize(g *gate, r *http.Request, out *response) *refusal {
	hurry(r)
	if r.Method == "OPTIONS" && isPreflight(r) {
		return preflight
	}
	route, no := find(g, r.URL)
	if no != nil {
		return no
	}
	if route.OwnLogin {
		out.ownLogin = true
		askFirst(r)
	}
	now := time.Now().UnixMilli()
	fresh, no := authenticate(g, r, route, out, now)
	if no != nil {
		return no
	}
	if no = count(g, r, route, out, now); no != nil {
		return no
	}
	learn(g.memory, r.URL, route, fresh)
	if !methods[r.Method] {
		return notAllowed(r.Method)
	}
	return weigh(g, r, route, out)
}
