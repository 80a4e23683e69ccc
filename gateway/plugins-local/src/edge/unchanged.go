package edge

import (
	"net/http"
	"strings"
)

const unchangedPerRequest = 100 // so many times the rate may be answered with 304 within a period

// giveBack undoes take for an answer that said only that nothing has changed: whoever asks again and again whether
// something has must not use up what they need when it does. The client has to have named what it knows, and there is
// an end to it, since a question may cost more than its answer shows. The time is that of the last tick: close enough.
func giveBack(h http.Header, out *response) {
	if !strings.Contains(strings.Join(h["If-None-Match"], ""), `"`) {
		return
	}
	l := out.limiter
	w := out.window
	l.mutex.Lock()
	if w.latest-w.givenSince >= l.period {
		w.givenSince = w.latest
		w.given = 0
	}
	last := len(w.counts) - 1
	for last >= 0 && w.counts[last] == 0 {
		last--
	}
	if last >= 0 && w.given < l.most*unchangedPerRequest {
		w.given++
		w.total--
		w.counts[last]--
	}
	l.mutex.Unlock()
}
