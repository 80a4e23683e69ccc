package edge

// Config is what middlewares.yml sets.
type Config struct {
	Routes         []Route  // every path that exists; any other is a 404
	Megabytes      int      // largest request body of routes that name no limit of their own
	TrustedProxies string   // addresses and networks, comma separated, whose Forwarded header is believed
	Packed         []string // types of content that the compress middleware packs
	AnonymousRate  string   // "1000/hour", "5/minute", "off": requests per address
	UserRate       string   // the same per signed-in user
	ExposedHeaders string   // response headers that scripts of other origins may read
	AllowedHeaders string   // request headers that scripts of other origins may send
	KeyServers     string   // base addresses of auth, comma separated
	StateFolder    string   // where the last good keys are kept; empty keeps none
	Issuer         string
	Audience       string
}

// Route says what a path needs. It holds for exactly this path and, unless a longer one is listed,
// for everything below it.
type Route struct {
	Path              string
	Public            string // "": a token always; "reads": none for GET, HEAD, OPTIONS; "always": never one
	Code              bool   // the rest of the path is a code of 1C, which may hold slashes and dots
	Megabytes         int
	IgnoreCredentials bool // the Authorization header is not even looked at
	Uncounted         bool // does not use up anyone's rate
	OwnLogin          bool // the service has a login of its own; of its 401 the address pays, and nobody is kept out
	Plain             bool // answers are never packed: they hold secrets, or come piece by piece
}

// CreateConfig is called by Traefik, which then fills in what middlewares.yml says.
func CreateConfig() *Config {
	return &Config{
		Megabytes:     10,
		AnonymousRate: "1000/hour",
		UserRate:      "10000/hour",
		Issuer:        "ecatalog",
		Audience:      "ecatalog",
	}
}
