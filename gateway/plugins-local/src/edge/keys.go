package edge

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	refreshEvery  = 30 * time.Second
	retryEvery    = time.Second     // until the first success
	askAgainAfter = 5 * time.Second // between two fetches for keys nobody knows
	firstWithin   = 300 * time.Millisecond
	mostStrangers = 1000
)

var usableKid = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// keyring holds the public keys of auth.
type keyring struct {
	servers   []string
	folder    string
	onChange  func()
	mutex     sync.Mutex
	keys      map[string]ed25519.PublicKey
	document  string          // what the keys were read from
	strangers map[string]bool // key ids that auth did not know when it was asked
	asked     time.Time       // for one of those
	asking    sync.Mutex      // held while auth is being asked
	trouble   string          // why it did not answer
}

func newKeyring(servers, folder string) (*keyring, error) {
	k := &keyring{folder: folder, strangers: map[string]bool{}}
	for _, server := range strings.Split(servers, ",") {
		if server = strings.TrimRight(strings.TrimSpace(server), "/"); server != "" {
			k.servers = append(k.servers, server)
		}
	}
	if len(k.servers) == 0 {
		return nil, errors.New("keyServers is empty: set AUTH_URL")
	}
	return k, nil
}

// start takes the keys kept on disk and asks auth for as long as the process lives. The first answer is waited for, so
// that the first request finds keys, but not for long: until then nobody is answered in our words.
func (k *keyring) start() {
	log.SetFlags(0) // Traefik's log has the time
	if kept, err := readKept(k.folder); err == nil {
		_ = k.use(kept)
	}
	asked := make(chan bool, 1)
	go func() {
		for {
			k.asking.Lock()
			k.refresh()
			k.asking.Unlock()
			select {
			case asked <- true:
			default:
			}
			if k.ready() {
				time.Sleep(refreshEvery)
			} else {
				time.Sleep(retryEvery)
			}
		}
	}()
	select {
	case <-asked:
	case <-time.After(firstWithin):
	}
}

// ready tells whether any key is known.
func (k *keyring) ready() bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return len(k.keys) > 0
}

func (k *keyring) get(kid string) ed25519.PublicKey {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.keys[kid]
}

// find asks auth once for a key that nobody has seen yet: auth may have changed keys a moment ago.
func (k *keyring) find(kid string) ed25519.PublicKey {
	if key := k.get(kid); key != nil {
		return key
	}
	k.asking.Lock()
	defer k.asking.Unlock()
	if k.mayAsk(kid) {
		k.refresh()
	}
	return k.get(kid)
}

func (k *keyring) mayAsk(kid string) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.keys[kid] != nil || k.strangers[kid] || time.Since(k.asked) < askAgainAfter {
		return false
	}
	k.asked = time.Now()
	if len(k.strangers) >= mostStrangers {
		k.strangers = map[string]bool{}
	}
	k.strangers[kid] = true
	return true
}

// refresh asks the replicas of auth in turn. A failure leaves the last good keys in place.
func (k *keyring) refresh() {
	for _, server := range k.servers {
		document, err := fetchKeys(server)
		if err == nil {
			err = k.use(document)
		}
		if err == nil {
			k.trouble = ""
			return
		}
		k.report(fmt.Sprintf("no keys from %s: %v", server, err))
	}
}

// report writes a trouble once, not every second that it lasts.
func (k *keyring) report(trouble string) {
	if trouble != k.trouble {
		k.trouble = trouble
		log.Print(trouble)
	}
}

// use replaces the keys by those of a document.
func (k *keyring) use(document string) error {
	keys, err := parseKeys(document)
	if err != nil {
		return err
	}
	k.mutex.Lock()
	changed := document != k.document
	k.keys = keys
	k.document = document
	if changed {
		k.strangers = map[string]bool{}
	}
	k.mutex.Unlock()
	if changed {
		k.onChange()
		keep(k.folder, document)
	}
	return nil
}
