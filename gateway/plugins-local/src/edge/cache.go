package edge

import "sync"

// verified is what is remembered of a good token.
type verified struct {
	user    string
	expires int64 // milliseconds
}

// tokenCache forgets the tokens that were not used lately. It keeps two generations instead of a list in order of
// use: a token found in the older moves to the younger, and a full younger one becomes the older. Keys are whole
// Authorization headers, so that a token in use costs one map look-up and is not even parsed.
type tokenCache struct {
	mutex sync.Mutex
	half  int
	young map[string]*verified
	old   map[string]*verified
}

func newTokenCache(size int) *tokenCache {
	return &tokenCache{half: size / 2, young: map[string]*verified{}, old: map[string]*verified{}}
}

// recall looks into the older generation; who wants to know looks into the younger one first.
func recall(c *tokenCache, header string) *verified {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	found := c.old[header]
	if found != nil {
		add(c, header, found)
	}
	return found
}

func remember(c *tokenCache, header string, token *verified) {
	c.mutex.Lock()
	add(c, header, token)
	c.mutex.Unlock()
}

func add(c *tokenCache, header string, token *verified) {
	if len(c.young) >= c.half {
		c.old = c.young
		c.young = map[string]*verified{}
	}
	c.young[header] = token
}

// forget is called when the keys change: no token outlives the key it was signed with.
func forget(c *tokenCache) {
	c.mutex.Lock()
	c.young = map[string]*verified{}
	c.old = map[string]*verified{}
	c.mutex.Unlock()
}
