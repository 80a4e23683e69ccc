package edge

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
)

var (
	usableID = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,128}$`) // an id of the client's own that is harmless to log
	idPrefix = randomPrefix()
	idCount  uint64
)

// randomPrefix keeps the numbers of two gateways, or of two lives of one, apart.
func randomPrefix() string {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return hex.EncodeToString(b) + "-"
}

// requestID gives a request the id by which every log and the answer name it.
func requestID(h http.Header) []string {
	id := h["X-Request-Id"]
	if id != nil && len(id) == 1 && usableID.MatchString(id[0]) {
		return id
	}
	id = []string{idPrefix + strconv.FormatUint(atomic.AddUint64(&idCount, 1), 36)}
	h["X-Request-Id"] = id
	return id
}
