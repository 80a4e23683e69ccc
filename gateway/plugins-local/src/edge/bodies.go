package edge

import (
	"errors"
	"io"
	"net/http"
)

var errExceeded = errors.New("the request body is larger than its route allows")

// weigh refuses a body whose announced length is too large, and meters one that announces none.
func weigh(g *gate, r *http.Request, route *Route, out *response) *refusal {
	if r.ContentLength == 0 {
		return nil
	}
	limit := g.standardLimit
	if route.Megabytes > 0 {
		limit = int64(route.Megabytes) << 20
	}
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	if r.ContentLength < 0 {
		out.body = &meteredBody{ReadCloser: r.Body, limit: limit}
		r.Body = out.body
	}
	return nil
}

// askFirst has a service say whether it will read the body, so that nothing of it is read before its login is known:
// while Traefik waits for a body, it cannot answer.
func askFirst(r *http.Request) {
	if r.ContentLength != 0 {
		r.Header["Expect"] = []string{"100-continue"}
	}
}

// meteredBody remembers that it was cut short or could not be read: Traefik reports that as a fault of its own, which
// the response then corrects.
type meteredBody struct {
	io.ReadCloser
	limit    int64
	read     int64
	exceeded bool
	broken   bool // it ended early, or its pieces are not what they say
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if b.read > b.limit {
		b.exceeded = true
		return 0, errExceeded
	}
	if err != nil && err != io.EOF {
		b.broken = true
	}
	return n, err
}
