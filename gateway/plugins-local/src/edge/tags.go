package edge

import (
	"net/http"
	"strconv"
	"strings"
)

// Two codings of one answer are two representations, each with an entity tag of its own.

const smallestPacked = 1024 // minResponseBodyBytes of the compress middleware when it is not set

// withoutCoding is a function, since calling a method costs more.
var withoutCoding = strings.NewReplacer(`-zstd"`, `"`, `-gzip"`, `"`).Replace

// unmark gives services the tags that they have made. What the client sent is kept for the answer.
func unmark(h http.Header, name string, out *response) {
	sent := strings.Join(h[name], ", ")
	plain := withoutCoding(sent)
	if plain != sent {
		h[name] = []string{plain}
		out.known += sent
		out.coded = true
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
