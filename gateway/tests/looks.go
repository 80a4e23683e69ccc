package edge

import (
	"encoding/json"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// What the plugin remembers, seen from inside: this file is laid beside it and read by the same interpreter.

const manyTexts = 1000

// text gives one of many texts of the length that differ.
func text(number, length int) string {
	digits := strconv.Itoa(number)
	return digits + strings.Repeat("a", length-len(digits))
}

// mostPaths gives how many paths of the length are remembered at once while as many as told are learnt.
func mostPaths(length, told int) int {
	m := newMemory()
	route := &Route{}
	most := 0
	for i := 0; i < told; i++ {
		learn(m, &url.URL{Path: text(i, length)}, route, nil)
		if len(m.routes) > most {
			most = len(m.routes)
		}
	}
	return most
}

// heapOf gives the bytes that stay when as many short pieces of long texts are given to what may remember them.
func heapOf(remember func(piece string)) int {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := 0; i < manyTexts; i++ {
		remember(text(i, 32<<10)[:50])
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int(after.HeapAlloc) - int(before.HeapAlloc)
}

func init() {
	m := newMemory()
	c := newCodings(nil)
	found := map[string]int{
		"short paths": mostPaths(200, 9000),
		"path of 256": mostPaths(256, 1),
		"path of 257": mostPaths(257, 1),
		"heap of paths": heapOf(func(piece string) { learn(m, &url.URL{Path: piece}, &Route{}, nil) }),
		"heap of tokens": heapOf(func(piece string) {
			learn(m, &url.URL{RawPath: "x"}, &Route{}, &newcomer{header: piece, token: nobody, epoch: m.epoch})
		}),
		"heap of codings": heapOf(func(piece string) { codingFor(c, piece) }),
		"paths":           len(m.routes),
		"tokens":          len(m.tokens),
		"codings":         len(c.chosen),
	}
	answer, _ := json.Marshal(found)
	_ = os.WriteFile("looks.json", answer, 0o600)
}
