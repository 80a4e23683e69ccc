package edge

import (
	"math"
	"sync"
)

const mostRoutes = 20000

// verified is what is remembered of a good token.
type verified struct {
	user    string
	expires int64 // milliseconds
}

// nobody stands for a request without a token.
var nobody = &verified{expires: math.MaxInt64}

// memory holds what was judged good: the routes of paths that need no second look, and tokens by the whole
// Authorization header, so that a token in use is not even parsed.
//
// Tokens that were not used lately are forgotten. There are two generations instead of a list in order of use: a token
// found in the older moves to the younger, and a full younger one becomes the older.
type memory struct {
	mutex  sync.Mutex
	routes map[string]*Route
	half   int
	tokens map[string]*verified
	old    map[string]*verified
	epoch  int // counts the times all tokens were forgotten
}

func newMemory(size int) *memory {
	m := &memory{half: size / 2, routes: map[string]*Route{}}
	forget(m)
	return m
}

func rememberRoute(m *memory, path string, route *Route) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.routes) >= mostRoutes {
		m.routes = map[string]*Route{}
	}
	m.routes[path] = route
}

// recall gives a token of either generation, and the epoch that remember asks for.
func recall(m *memory, header string) (*verified, int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	found := m.tokens[header]
	if found == nil && m.old[header] != nil {
		found = m.old[header]
		add(m, header, found)
	}
	return found, m.epoch
}

// remember keeps a token, unless the keys have changed since the epoch in which it was checked.
func remember(m *memory, header string, token *verified, epoch int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if epoch == m.epoch {
		add(m, header, token)
	}
}

func add(m *memory, header string, token *verified) {
	if len(m.tokens) >= m.half {
		m.old = m.tokens
		m.tokens = map[string]*verified{"": nobody}
	}
	m.tokens[header] = token
}

// forget is called when the keys change: no token outlives the key it was signed with.
func forget(m *memory) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.tokens = map[string]*verified{"": nobody}
	m.old = map[string]*verified{}
	m.epoch++
}
