package edge

import (
	"math"
	"net/url"
	"strings"
	"sync"
)

// What is remembered is bounded by its bytes: clients choose how long it is.
const (
	longestPath    = 256     // a longer one is judged each time it comes
	mostPathBytes  = 2 << 20 // of all paths
	mostTokenBytes = 4 << 20 // of the tokens of one generation
	aroundKey      = 100     // what a map takes beside a key, roughly
)

// verified is what is remembered of a good token.
type verified struct {
	user    string
	expires int64 // milliseconds
}

// nobody stands for a request without a token.
var nobody = &verified{expires: math.MaxInt64}

// newcomer is a token that was checked just now, with the epoch in which that began.
type newcomer struct {
	header string
	token  *verified
	epoch  int
}

// memory holds what was judged good: the routes of paths that need no second look, and tokens by the whole
// Authorization header, so that a token in use is not even parsed. Only requests that their rate has let pass are
// remembered, and of all spellings of a header only the plain one.
//
// Tokens that were not used lately are forgotten. There are two generations instead of a list in order of use: a token
// found in the older moves to the younger, and a full younger one becomes the older.
type memory struct {
	mutex  sync.Mutex
	routes map[string]*Route
	paths  int // bytes of routes
	tokens map[string]*verified
	used   int // bytes of tokens
	old    map[string]*verified
	epoch  int // counts the times all tokens were forgotten
}

func newMemory() *memory {
	m := &memory{routes: map[string]*Route{}}
	forget(m)
	return m
}

// learn remembers a request that may pass, so that the next one like it needs no second look. The texts are copied: as
// they came they hold on to the whole request.
func learn(m *memory, u *url.URL, route *Route, fresh *newcomer) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if u.RawPath == "" && len(u.Path) <= longestPath && !route.IgnoreCredentials && m.routes[u.Path] == nil {
		m.paths += len(u.Path) + aroundKey
		if m.paths > mostPathBytes {
			m.routes = map[string]*Route{}
			m.paths = len(u.Path) + aroundKey
		}
		m.routes[strings.Clone(u.Path)] = route
	}
	if fresh != nil && fresh.epoch == m.epoch { // else the keys have changed since it was checked
		add(m, strings.Clone(fresh.header), fresh.token)
	}
}

// recall gives a token of either generation, and the epoch.
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

func add(m *memory, header string, token *verified) {
	m.used += len(header) + aroundKey
	if m.used > mostTokenBytes {
		m.old = m.tokens
		m.tokens = map[string]*verified{"": nobody}
		m.used = len(header) + aroundKey
	}
	m.tokens[header] = token
}

// forget is called when the keys change: no token outlives the key it was signed with.
func forget(m *memory) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.tokens = map[string]*verified{"": nobody}
	m.old = map[string]*verified{}
	m.used = 0
	m.epoch++
}
