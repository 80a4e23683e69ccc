package edge

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Traefik's compress middleware packs answers. Here is what it leaves open: which coding a client prefers.

const (
	longestAccepted  = 200
	mostAccepted     = 500
	acceptedEncoding = "Accept-Encoding"
)

var offered = []string{"zstd", "gzip"} // the preferred one first

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
