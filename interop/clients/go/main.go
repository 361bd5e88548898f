package main

import (
	"fmt"
	"os"
	"strings"
)

type client struct{ produce, consume, admin func() }

var clients = map[string]client{
	"franz-go": {produceFranz, consumeFranz, administerFranz},
	"sarama":   {produceSarama, consumeSarama, administerSarama},
	"kafka-go": {produceKafkaGo, consumeKafkaGo, administerKafkaGo},
}

// client mode key=value ...
func main() {
	for _, word := range os.Args[3:] {
		key, value, _ := strings.Cut(word, "=")
		settings[key] = value
	}
	chosen := clients[os.Args[1]]
	mode := map[string]func(){"produce": chosen.produce, "consume": chosen.consume, "admin": chosen.admin}[os.Args[2]]
	if mode == nil {
		must(fmt.Errorf("no client or mode %v", os.Args[1:3]))
	}
	mode()
}
