// What the client programs in Go share: their arguments, what they say, what they are told.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var settings = map[string]string{}

var (
	out     sync.Mutex
	encoder = json.NewEncoder(os.Stdout)
)

type fields map[string]any

func say(event string, more fields) {
	out.Lock()
	defer out.Unlock()
	all := fields{"event": event, "at": time.Now().UnixMilli()}
	for key, value := range more {
		all[key] = value
	}
	must(encoder.Encode(all))
}

func sayPartitions(event string, partitions []int32) {
	if partitions == nil {
		partitions = []int32{}
	}
	say(event, fields{"partitions": partitions})
}

func note(err error) { say("note", fields{"message": err.Error()}) }

func must(err error) {
	if err != nil {
		text, _ := json.Marshal(fmt.Sprint(err))
		fmt.Printf("{\"event\":\"error\",\"at\":%d,\"message\":%s}\n", time.Now().UnixMilli(), text)
		os.Exit(1)
	}
}

func brokers() []string { return strings.Split(settings["bootstrap"], ",") }

func number(words ...string) int {
	for _, word := range words {
		if text, ok := settings[word]; ok {
			return toInt(text)
		}
	}
	must(fmt.Errorf("no setting %v", words))
	return 0
}

func toInt(text string) int {
	n, err := strconv.Atoi(text)
	must(err)
	return n
}

func ms(name string) time.Duration { return time.Duration(number(name)) * time.Millisecond }

// The commands, as lists of words.
func listen() <-chan []string {
	commands := make(chan []string, 100)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			commands <- strings.Fields(lines.Text())
		}
	}()
	return commands
}

// What a loop passes: shut by `stall` or `pause`, opened by `go` or `resume`.
type gate struct {
	lock sync.Mutex
	shut chan struct{}
}

func (g *gate) close() {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.shut == nil {
		g.shut = make(chan struct{})
	}
}

func (g *gate) open() {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.shut != nil {
		close(g.shut)
		g.shut = nil
	}
}

func (g *gate) pass(during context.Context) {
	g.lock.Lock()
	shut := g.shut
	g.lock.Unlock()
	if shut != nil {
		select {
		case <-shut:
		case <-during.Done():
		}
	}
}

type record struct {
	key, value []byte
	partition  int
}

// What `send FROM COUNT PARTITIONS` asks for.
func recordsOf(words []string) []record {
	from, count, partitions := toInt(words[1]), toInt(words[2]), toInt(words[3])
	all := make([]record, count)
	for i := range all {
		n := from + i
		all[i] = record{fmt.Appendf(nil, "k-%d", n), fmt.Appendf(nil, "v-%d", n), n % partitions}
	}
	return all
}

// Sends what is asked for, and says so.
func producing(send func([]record) error) {
	for words := range listen() {
		records := recordsOf(words)
		must(send(records))
		say("produced", fields{"count": len(records)})
	}
}

// The client has no such call in the version that it is configured for.
var errUnsupported = errors.New("unsupported")

type calls map[string]func(words []string) (any, error)

// Calls of an administrator: each answers with its value, or why it failed.
func answer(known calls) {
	for words := range listen() {
		call, ok := known[words[0]]
		if !ok {
			say("unsupported", fields{"call": words[0]})
			continue
		}
		value, err := call(words[1:])
		if errors.Is(err, errUnsupported) {
			say("unsupported", fields{"call": words[0]})
		} else if err != nil {
			say("result", fields{"call": words[0], "error": err.Error()})
		} else {
			say("result", fields{"call": words[0], "value": value})
		}
	}
}

// As runner reads it: state, then members.
type description struct {
	State   string `json:"state"`
	Members int    `json:"members"`
}
