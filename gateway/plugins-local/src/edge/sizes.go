package edge

import "net/http"

const (
	longestTarget = 16 << 10
	// Room for the largest token; a Range of ten thousand pieces does not fit.
	largestHeader = 32 << 10
)

// oversized refuses what no client of ours sends, before anything is read of it.
func oversized(r *http.Request) *refusal {
	if len(r.RequestURI) > longestTarget {
		return tooLong
	}
	size := 0
	for _, values := range r.Header {
		for _, value := range values {
			size += len(value)
		}
	}
	if size > largestHeader {
		return tooMuch
	}
	return nil
}
