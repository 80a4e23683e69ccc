package edge

import (
	"net/http"
	"time"
)

const slowestHeaders = 30 * time.Second

// hurry gives the headers of all later requests less time than a body may take: Traefik has one setting for both. Every
// gateway gets a request at its start, from whoever asks whether it is ready.
func hurry(r *http.Request) {
	server, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if ok && server.ReadHeaderTimeout == 0 {
		server.ReadHeaderTimeout = slowestHeaders
	}
}
