package edge

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// gate is what all requests are judged by.
type gate struct {
	whole         map[string]*Route // by the whole path
	below         map[string]*Route // by what a path begins with
	tokens        *verifier
	anyone        *limiter
	users         *limiter
	limited       bool
	exposed       []string
	allowed       []string
	standardLimit int64
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
	keys, err := newKeyring(config.KeyServers, config.StateFolder)
	if err != nil {
		return nil, err
	}
	whole, below := routesByPath(config.Routes)
	return &gate{
		whole:         whole,
		below:         below,
		tokens:        newVerifier(keys, config),
		anyone:        anyone,
		users:         users,
		limited:       anyone != nil || users != nil,
		exposed:       []string{config.ExposedHeaders},
		allowed:       []string{config.AllowedHeaders},
		standardLimit: int64(config.Megabytes) << 20,
	}, nil
}

// admit gives the reason why a request may not pass, nil if it may. A usual path and a token in use are settled here;
// whatever is rarer goes to functions elsewhere.
func admit(g *gate, r *http.Request, out *response) *refusal {
	path := r.URL.Path
	route := g.whole[path]
	if route == nil && len(path) > 8 && path[:8] == "/api/v1/" {
		if end := strings.IndexByte(path[8:], '/'); end > 0 {
			route = g.below[path[:8+end+1]]
		}
	}
	if route == nil || r.Method == "OPTIONS" || r.URL.RawPath != "" || strings.ContainsAny(path, suspicious) ||
		path[len(path)-1] != '/' {
		found, no := inspect(g, r)
		if no != nil {
			return no
		}
		route = found
	}
	now := time.Now().UnixMilli()
	header := r.Header["Authorization"]
	var known *verified
	if len(header) == 1 && !route.IgnoreCredentials {
		cache := g.tokens.cache
		cache.mutex.Lock()
		known = cache.young[header[0]]
		cache.mutex.Unlock()
	}
	if known != nil && now < known.expires {
		out.user = known.user
	} else if no := identify(g, r, route, out, now); no != nil {
		return no
	}
	if g.limited && !route.Uncounted {
		if no := count(g, r, out.user, now); no != nil {
			return no
		}
	}
	if r.ContentLength != 0 {
		return weigh(g, r, route, out)
	}
	return nil
}
