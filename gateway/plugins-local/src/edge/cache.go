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
	epoch int // counts the times it was emptied
}

func newTokenCache(size int) *tokenCache {
	return &tokenCache{half: size / 2, young: map[string]*verified{}, old: map[string]*verified{}}
}

// recall looks into the older generation; who wants to know looks into the younger one first. It also gives the epoch
// that remember asks for.
func recall(c *tokenCache, header string) (*verified, int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	found := c.old[header]
	if found != nil {
		add(c, header, found)
	}
	return found, c.epoch
}

// remember keeps a token, unless the keys have changed since the epoch in which it was checked.
func remember(c *tokenCache, header string, token *verified, epoch int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if epoch == c.epoch {
		add(c, header, token)
	}
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
	defer c.mutex.Unlock()
	c.young = map[string]*verified{}
	c.old = map[string]*verified{}
	c.epoch++
}
