package edge

import (
	"net/http"
	"strconv"
	"strings"
)

// response adds our headers to whatever answers, and turns plain-text errors, which only Traefik itself or a
// web server in trouble produces, into the JSON that clients expect.
type response struct {
	http.ResponseWriter
	gate     *gate
	id       []string
	origin   []string
	user     string // who asks, "" for nobody or nobody known
	limiter  *limiter
	window   *window // what the request was counted in, nil for none
	coded    bool    // a coding was accepted, or named in a tag: headers need a look
	coding   string  // in which the answer is packed if that is worth it, "" for none
	head     bool    // HEAD, as far as that matters for the coding
	known    string  // entity tags of packed answers that the client named
	body     *meteredBody
	replaced bool // our own body was sent, Traefik's must not be
	streamed bool // the length is not known beforehand
	same     bool // 304
	ownLogin bool // of the route
	rejected bool // 401 by the service's own login
}

func (w *response) WriteHeader(status int) {
	if status == 100 && w.ownLogin {
		return // it answers us: a client that asks for it hears it from Traefik
	}
	if status == 401 && w.ownLogin {
		w.rejected = true
		w.ResponseWriter.Header()["Connection"] = []string{"close"} // else the body would be waited for
	} else if status >= 400 && replace(w, status) {
		return
	}
	h := w.ResponseWriter.Header()
	h["X-Request-Id"] = w.id
	if w.coded {
		mark(h, w, status)
	} else {
		h["Vary"] = append(h["Vary"], acceptedEncoding, "Origin")
	}
	if w.origin != nil {
		share(h, w.gate, w.origin)
	}
	w.streamed = h["Content-Length"] == nil
	if status == 304 {
		w.same = true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	if w.replaced {
		return len(b), nil
	}
	n, err := w.ResponseWriter.Write(b)
	if w.streamed {
		flush(w)
	}
	return n, err
}

// flush sends on what there is of an answer that comes piece by piece. Traefik would, but cannot see a Flush method of
// interpreted code.
func flush(w *response) {
	if flusher, ok := w.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}

// replace sends JSON instead of an error in plain text; it leaves any other answer alone.
func replace(w *response, status int) bool {
	kind := w.ResponseWriter.Header()["Content-Type"]
	unread := w.body != nil && (w.body.exceeded || w.body.broken)
	if !unread && len(kind) > 0 && !strings.HasPrefix(kind[0], "text/plain") {
		return false
	}
	w.replaced = true
	switch {
	case !unread:
		refuse(w, detail(status, ownText(status)))
	case w.body.exceeded:
		refuse(w, tooLarge(w.body.limit))
	default:
		refuse(w, broken)
	}
	return true
}

// refuse sends an answer of our own. Headers that are there already stay: Retry-After and Allow matter.
func refuse(w *response, no *refusal) {
	h := w.ResponseWriter.Header()
	h["X-Request-Id"] = w.id
	h["Vary"] = append(h["Vary"], "Origin")
	if w.origin != nil {
		share(h, w.gate, w.origin)
	}
	if no == preflight {
		permit(h, w.gate)
	}
	if no.name != "" {
		h[no.name] = []string{no.value}
	}
	if no.status == 401 {
		h["Www-Authenticate"] = challenge
	}
	if no.hangUp {
		h["Connection"] = []string{"close"}
	}
	delete(h, "Content-Encoding")
	h["Content-Type"] = []string{no.kind}
	h["Content-Length"] = []string{strconv.Itoa(len(no.body))}
	w.ResponseWriter.WriteHeader(no.status)
	if no.body != "" {
		_, _ = w.ResponseWriter.Write([]byte(no.body))
	}
}
