package edge

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
)

const (
	largestToken = 8192
	leeway       = 5000 // milliseconds by which two clocks may differ
)

// verifier tells good access tokens from bad ones.
type verifier struct {
	keys     *keyring
	issuer   string
	audience string
}

func newVerifier(keys *keyring, m *memory, config *Config) *verifier {
	keys.onChange = func() { forget(m) }
	keys.start()
	return &verifier{keys: keys, issuer: config.Issuer, audience: config.Audience}
}

// check verifies a token from the first byte to the last. One without a user is good: refusing that is for the service,
// in its own words.
func check(v *verifier, token string, now int64) (*verified, *refusal) {
	if !v.keys.ready() {
		return nil, noKeys
	}
	parts := strings.Split(token, ".")
	if len(token) > largestToken || len(parts) != 3 {
		return nil, badToken("Token is invalid")
	}
	key := v.key(parts[0])
	signature, err := strictBase64.DecodeString(parts[2])
	if key == nil || err != nil || !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), signature) {
		return nil, badToken("Token is invalid")
	}
	found, message := v.claims(object(parts[1]), now)
	if message != "" {
		return nil, badToken(message)
	}
	return found, nil
}

var strictBase64 = base64.RawURLEncoding.Strict()

// object decodes one part of a token; nil if it is not a JSON object. A map, since Go would match the fields of
// a struct in any letter case.
func object(part string) map[string]interface{} {
	raw, err := strictBase64.DecodeString(part)
	if err != nil {
		return nil
	}
	var found map[string]interface{}
	if json.Unmarshal(raw, &found) != nil {
		return nil
	}
	return found
}

// key gives the key that a token's header names, nil if the header is not exactly as auth writes it.
func (v *verifier) key(part string) ed25519.PublicKey {
	header := object(part)
	if header["alg"] != "EdDSA" || header["typ"] != "JWT" {
		return nil
	}
	if _, critical := header["crit"]; critical {
		return nil
	}
	kid, _ := header["kid"].(string)
	if !usableKid.MatchString(kid) {
		return nil
	}
	return v.keys.find(kid)
}

// claims checks what a signed token says, in the order of the messages clients know.
func (v *verifier) claims(c map[string]interface{}, now int64) (*verified, string) {
	seconds, ok := c["exp"].(float64)
	if !ok || c["iss"] != v.issuer || c["aud"] != v.audience {
		return nil, "Token is invalid"
	}
	expires := int64(seconds*1000) + leeway
	if now >= expires {
		return nil, "Token is expired"
	}
	if c["token_type"] != "access" {
		return nil, "Token has wrong type"
	}
	user, _ := c["user_id"].(string)
	return &verified{user: user, expires: expires}, ""
}
