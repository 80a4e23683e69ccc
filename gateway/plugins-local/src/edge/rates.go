package edge

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	ticksPerPeriod = 120   // how finely a period remembers its requests: the memory of a key is bounded by it
	mostKeys       = 20000 // remembered per generation
)

// limiter allows a number of requests within any period of the given length, as a sliding window: a request gives
// its place back one period after it was made.
type limiter struct {
	most   int
	period int64 // milliseconds
	tick   int64
	mutex  sync.Mutex
	young  map[string]*window
	old    map[string]*window
	turned int64 // when young became empty
}

type window struct {
	total  int     // requests that still count
	ticks  []int64 // when they were made
	counts []int   // and how many in each tick
	latest int64   // the last of ticks

	given      int   // requests that were given back
	givenSince int64 // since when
}

// newLimiter reads "1000/hour" (or s, m, h, d); nil for "off".
func newLimiter(rate string) (*limiter, error) {
	if rate == "off" {
		return nil, nil
	}
	words := strings.Split(rate, "/")
	if len(words) == 2 && words[1] != "" {
		most, err := strconv.Atoi(words[0])
		lengths := map[byte]int64{'s': 1000, 'm': 60000, 'h': 3600000, 'd': 86400000}
		period := lengths[words[1][0]]
		if err == nil && most > 0 && period > 0 {
			l := &limiter{most: most, period: period, tick: period / ticksPerPeriod}
			l.young = map[string]*window{}
			l.old = map[string]*window{}
			return l, nil
		}
	}
	return nil, fmt.Errorf("rate %q: write it like 1000/hour, 5/minute or off", rate)
}

// count takes one request from the budget of the user, or of the address when nobody is signed in.
func count(g *gate, r *http.Request, route *Route, out *response, now int64) *refusal {
	wait := 0
	if route.Uncounted {
		return nil
	}
	if out.user != "" && g.users != nil {
		wait = take(g.users, out.user, now, out)
	} else if out.user == "" && g.anyone != nil {
		wait = take(g.anyone, clientOf(r.Header), now, out)
	}
	if wait == 0 {
		return nil
	}
	return throttled(wait)
}

// charge takes one request from the budget of an address whose login a service has refused. It keeps nobody out: behind
// one address there may be others, who know the password.
func charge(g *gate, h http.Header, out *response) {
	if g.anyone != nil {
		take(g.anyone, clientOf(h), time.Now().UnixMilli(), out)
	}
}

// take uses up one request of the key at the time now (milliseconds) and gives 0, or the whole seconds until the
// next one is free. A refused request uses up nothing.
func take(l *limiter, key string, now int64, out *response) int {
	l.mutex.Lock()
	w := l.young[key]
	if w == nil {
		w = open(l, key, now)
	}
	if w.total >= l.most || now-w.latest >= l.tick {
		turn(l, w, now)
	}
	wait := 0
	if w.total < l.most {
		w.total++
		w.counts[len(w.counts)-1]++
		out.limiter = l
		out.window = w
	} else {
		wait = int((w.ticks[0] + l.period - now + 999) / 1000)
	}
	l.mutex.Unlock()
	return wait
}

// turn gives back the places of ticks that are a period old and begins a new one when it is time.
func turn(l *limiter, w *window, now int64) {
	for len(w.ticks) > 0 && w.ticks[0]+l.period <= now {
		w.total -= w.counts[0]
		w.ticks = w.ticks[1:]
		w.counts = w.counts[1:]
	}
	if w.total < l.most && (w.total == 0 || now-w.latest >= l.tick) {
		w.latest = now
		w.ticks = append(w.ticks, now)
		w.counts = append(w.counts, 0)
	}
}

// open finds a key that was not seen in this generation. What was not seen for a whole period has its budget
// back, so a generation that old can be dropped; one that is full is dropped early rather than grow.
func open(l *limiter, key string, now int64) *window {
	if now-l.turned >= l.period || len(l.young) >= mostKeys {
		l.old = l.young
		l.young = map[string]*window{}
		l.turned = now
	}
	w := l.old[key]
	if w == nil {
		w = &window{}
	}
	l.young[key] = w
	return w
}
