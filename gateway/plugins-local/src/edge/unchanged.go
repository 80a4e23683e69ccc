package edge

import (
	"net/http"
	"strings"
	"time"
)

const unchangedPerRequest = 100 // so many times the rate may be answered with 304 within a period

// giveBack undoes take for an answer that said only that nothing has changed: whoever asks again and again whether
// something has must not use up what they need when it does. The client has to have named what it knows, and there is
// an end to it, since a question may cost more than its answer shows.
func giveBack(h http.Header, out *response) {
	l := out.limiter
	w := out.window
	if l == nil || !strings.Contains(strings.Join(h["If-None-Match"], ""), `"`) {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if now := time.Now().UnixMilli(); now-w.givenSince >= l.period {
		w.givenSince = now
		w.given = 0
	}
	last := len(w.counts) - 1
	for last >= 0 && w.counts[last] == 0 {
		last--
	}
	if last < 0 || w.given >= l.most*unchangedPerRequest {
		return
	}
	w.given++
	w.total--
	w.counts[last]--
}
