package edge

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const largestDocument = 64 << 10

// Its own client: no proxy from the environment, no redirect, no endless answer stands between us and the keys.
var keyClient = &http.Client{
	Timeout:       3 * time.Second,
	Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func fetchKeys(server string) (string, error) {
	answer, err := keyClient.Get(server + "/internal/jwks.json")
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return "", fmt.Errorf("status %d", answer.StatusCode)
	}
	document, err := io.ReadAll(io.LimitReader(answer.Body, largestDocument)) // a longer one is cut and not JSON
	return string(document), err
}

type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	Alg string `json:"alg"`
	Use string `json:"use"`
	Kid string `json:"kid"`
	X   string `json:"x"`
}

// parseKeys takes the Ed25519 signing keys of a key set; a set without any is an error.
func parseKeys(document string) (map[string]ed25519.PublicKey, error) {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal([]byte(document), &set); err != nil {
		return nil, err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, one := range set.Keys {
		raw, err := strictBase64.DecodeString(one.X)
		if err != nil || len(raw) != ed25519.PublicKeySize || !usableKid.MatchString(one.Kid) {
			continue
		}
		if one.Kty == "OKP" && one.Crv == "Ed25519" && one.Alg == "EdDSA" && one.Use == "sig" {
			keys[one.Kid] = ed25519.PublicKey(raw)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("no Ed25519 key in the key set")
	}
	return keys, nil
}

func keptFile(folder string) string {
	return filepath.Join(folder, "jwks.json")
}

func readKept(folder string) (string, error) {
	if folder == "" {
		return "", errors.New("no folder to keep keys in")
	}
	kept, err := os.ReadFile(keptFile(folder))
	return string(kept), err
}

// keep lets a gateway that is restarted while auth is down go on checking tokens. Not being able to is no reason to
// stop serving.
func keep(folder, document string) {
	if folder == "" {
		return
	}
	part := keptFile(folder) + ".part"
	if os.MkdirAll(folder, 0o700) != nil || os.WriteFile(part, []byte(document), 0o600) != nil {
		return
	}
	_ = os.Rename(part, keptFile(folder))
}
