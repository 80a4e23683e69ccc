// Package edge is the part of the gateway that Traefik does not bring along.
//
// Traefik interprets it, and that shows in its form. On the way of an ordinary request a call of a method costs as much
// as fifty simple statements, a call of a function a third of that, and each variable of a function costs even where
// its branch is not taken. So that way is made of few plain functions, and what happens rarely is a function apart.
package edge

import (
	"context"
	"net/http"
)

type edge struct {
	next http.Handler
	gate *gate
}

// New is called by Traefik once per router; routers share one gate, and with it keys, tokens and counters.
func New(_ context.Context, next http.Handler, config *Config, _ string) (http.Handler, error) {
	shared, err := gateFor(config)
	if err != nil {
		return nil, err
	}
	return &edge{next: next, gate: shared}, nil
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := r.Header
	id := requestID(h)
	if forwarded := h["X-Forwarded-For"]; forwarded != nil {
		trustForwardedHeaders(h, forwarded)
	} else if h["Forwarded"] != nil {
		translate(e.gate.proxies, r)
	}
	out := &response{ResponseWriter: w, gate: e.gate, id: id, origin: h["Origin"]}
	no := oversized(r)
	if no == nil {
		no = admit(e.gate, r, out)
	}
	if no == nil {
		if h["Accept-Encoding"] != nil {
			choose(e.gate, r, out)
		}
		if h["If-None-Match"] != nil {
			unmark(h, "If-None-Match", out)
		}
		if h["If-Match"] != nil {
			unmark(h, "If-Match", out)
		}
		e.next.ServeHTTP(out, r)
		if out.same && out.window != nil {
			giveBack(h, out)
		}
		if out.rejected {
			charge(e.gate, h, out)
		}
	} else {
		refuse(out, no)
	}
	// The request is gone by now: these are read by the access log only, which has paths without their queries.
	h["Id"] = id
	h["User"] = []string{out.user}
	if out.ownLogin {
		h["Query"] = nil
	} else {
		h["Query"] = []string{r.URL.RawQuery}
	}
}
