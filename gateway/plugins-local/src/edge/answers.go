package edge

import (
	"net/http"
	"strconv"
)

const (
	jsonType = "application/json"
	htmlType = "text/html; charset=utf-8" // of answers without a body, as clients have always had it
)

// refusal is an answer that the gateway gives itself.
type refusal struct {
	status int
	kind   string
	body   string
	name   string // one more header
	value  string
	hangUp bool // the rest of the body will not be read
}

func detail(status int, text string) *refusal {
	return &refusal{status: status, kind: jsonType, body: `{"detail":` + strconv.Quote(text) + `}`}
}

var (
	notFound = detail(404, "Not found.")
	badPath  = detail(400, "The path holds characters that are not allowed there.")
	tooLong  = &refusal{status: 414, kind: jsonType, body: `{"detail":"The address is too long."}`, hangUp: true}
	tooMuch  = &refusal{status: 431, kind: jsonType, body: `{"detail":"The headers are too large."}`, hangUp: true}
	broken   = &refusal{status: 400, kind: jsonType, body: `{"detail":"The request body cannot be read."}`, hangUp: true}
	noKeys   = &refusal{
		status: 503, kind: jsonType, name: "Retry-After", value: "2",
		body: `{"detail":"Tokens cannot be checked yet. Try again in a moment."}`,
	}
)

func moved(target string) *refusal {
	return &refusal{status: 301, kind: htmlType, name: "Location", value: target}
}

func notAllowed(method string) *refusal {
	no := detail(405, `Method "`+method+`" not allowed.`)
	no.name = "Allow"
	no.value = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
	return no
}

func throttled(seconds int) *refusal {
	wait := strconv.Itoa(seconds)
	unit := " seconds."
	if seconds == 1 {
		unit = " second."
	}
	no := detail(429, "Request was throttled. Expected available in "+wait+unit)
	no.name = "Retry-After"
	no.value = wait
	return no
}

func tooLarge(limit int64) *refusal {
	no := detail(413, "The request body is too large. At most "+strconv.FormatInt(limit>>20, 10)+" MB are accepted here.")
	no.hangUp = true
	return no
}

// ownText words what Traefik answers by itself in plain text.
func ownText(status int) string {
	switch status {
	case 404:
		return "Not found."
	case 502:
		return "The service did not answer. Try again in a moment."
	case 503:
		return "The service is not available at the moment. Try again in a moment."
	case 504:
		return "The service took too long to answer."
	}
	return http.StatusText(status) + "."
}
