package edge

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Traefik's compress middleware packs answers. Here is what it leaves open: which coding a client prefers, entity tags
// (two codings of one answer are two representations, each with a tag of its own), and HEAD.

const (
	smallestPacked   = 1024 // minResponseBodyBytes of the middleware when it is not set
	longestAccepted  = 200
	mostAccepted     = 500
	acceptedEncoding = "Accept-Encoding"
)

var (
	offered  = []string{"zstd", "gzip"} // the preferred one first
	unmarker = strings.NewReplacer(`-zstd"`, `"`, `-gzip"`, `"`)
)

// codings remembers what clients accept: there are few kinds of them.
type codings struct {
	mutex  sync.Mutex
	chosen map[string]string
	kinds  map[string]bool // types of content that are packed
}

func newCodings(kinds []string) *codings {
	c := &codings{chosen: map[string]string{}, kinds: map[string]bool{}}
	for _, kind := range kinds {
		c.kinds[kind] = true
	}
	return c
}

// choose leaves of what a client accepts the one coding that its answer gets, or nothing.
func choose(g *gate, r *http.Request, out *response) {
	h := r.Header
	accepted := strings.Join(h[acceptedEncoding], ",")
	route := lookUp(g, r.URL.Path)
	if h["Range"] == nil && route != nil && !route.Plain {
		out.coding = codingFor(g.codings, accepted)
	}
	if out.coding == "" {
		delete(h, acceptedEncoding)
		return
	}
	out.coded = true
	out.head = r.Method == "HEAD"
	h[acceptedEncoding] = []string{out.coding}
}

func codingFor(c *codings, accepted string) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	coding, known := c.chosen[accepted]
	if known {
		return coding
	}
	coding = preferred(accepted)
	if len(accepted) <= longestAccepted && len(c.chosen) < mostAccepted {
		c.chosen[strings.Clone(accepted)] = coding
	}
	return coding
}

// preferred gives the offered coding that a client likes best, "" when that is none of them.
func preferred(accepted string) string {
	weights := weightsOf(accepted)
	best := ""
	highest := 0.0
	for _, coding := range offered {
		weight, named := weights[coding]
		if !named {
			weight = weights["*"]
		}
		if weight > highest {
			best = coding
			highest = weight
		}
	}
	if weights["identity"] > highest {
		return ""
	}
	return best
}

// weightsOf reads an Accept-Encoding header; a weight that is none counts as 0.
func weightsOf(accepted string) map[string]float64 {
	weights := map[string]float64{}
	for _, part := range strings.Split(strings.ToLower(accepted), ",") {
		words := strings.Split(part, ";")
		weight := 1.0
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(strings.TrimSpace(word), "=")
			if name == "q" {
				weight, _ = strconv.ParseFloat(value, 64)
			}
		}
		if weight >= 0 && weight <= 1 {
			weights[strings.TrimSpace(words[0])] = weight
		}
	}
	return weights
}

// unmark gives services the tags that they have made. What the client sent is kept for the answer.
func unmark(h http.Header, out *response) {
	for _, name := range []string{"If-None-Match", "If-Match"} {
		sent := strings.Join(h[name], ", ")
		plain := unmarker.Replace(sent)
		if plain != sent {
			h[name] = []string{plain}
			out.known += sent
			out.coded = true
		}
	}
}

// mark tells the representations of an answer apart. One that the client has is named as the client knows it.
func mark(h http.Header, out *response, status int) {
	if out.coding == "" || out.head { // else the compress middleware has said so
		h["Vary"] = append(h["Vary"], acceptedEncoding)
	}
	h["Vary"] = append(h["Vary"], "Origin")
	tags := h["Etag"]
	if out.head && status == 200 && isPacked(h, out.gate.codings) {
		h["Content-Encoding"] = []string{out.coding}
		delete(h, "Content-Length") // that of a GET is seen while it is packed
	}
	if len(tags) != 1 || !strings.HasSuffix(tags[0], `"`) {
		return
	}
	beginning := tags[0][:len(tags[0])-1]
	for _, coding := range offered {
		tag := beginning + "-" + coding + `"`
		packed := len(h["Content-Encoding"]) == 1 && h["Content-Encoding"][0] == coding
		if packed || status == 304 && strings.Contains(out.known, tag) {
			h["Etag"] = []string{tag}
			return
		}
	}
}

// isPacked tells whether the answer to a GET with these headers would be.
func isPacked(h http.Header, c *codings) bool {
	kind, _, _ := strings.Cut(strings.Join(h["Content-Type"], ""), ";")
	length, err := strconv.Atoi(strings.Join(h["Content-Length"], ""))
	return err == nil && length >= smallestPacked && h["Content-Encoding"] == nil && c.kinds[strings.TrimSpace(kind)]
}
