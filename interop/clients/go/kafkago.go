package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

var kafkaGoCodecs = map[string]kafka.Compression{
	"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
}

// Passed before a record is asked for, and after one is read.
var reading, loop gate

func produceKafkaGo() {
	writer := &kafka.Writer{
		Addr:         kafka.TCP(brokers()...),
		Topic:        settings["topic"],
		BatchTimeout: time.Millisecond,
		RequiredAcks: kafka.RequireAll,
		Compression:  kafkaGoCodecs[settings["codec"]],
		Transport:    &kafka.Transport{ClientID: settings["client"]},
		// the partition is what the key says: k-7 of 3 partitions is of partition 1
		Balancer: kafka.BalancerFunc(func(message kafka.Message, partitions ...int) int {
			var n int
			if _, err := fmt.Sscanf(string(message.Key), "k-%d", &n); err != nil {
				must(err)
			}
			return partitions[n%len(partitions)]
		}),
	}
	producing(func(records []record) error {
		sent := make([]kafka.Message, len(records))
		for i, each := range records {
			sent[i] = kafka.Message{Key: each.key, Value: each.value}
		}
		return writer.WriteMessages(ctx, sent...)
	})
}

func consumeKafkaGo() {
	dialer := &kafka.Dialer{ClientID: settings["client"], Timeout: 10 * time.Second}
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID:                     settings["group"],
		Brokers:                brokers(),
		Dialer:                 dialer,
		Topics:                 []string{settings["topic"]},
		HeartbeatInterval:      ms("heartbeat"),
		SessionTimeout:         ms("session"),
		RebalanceTimeout:       ms("rebalance"),
		JoinGroupBackoff:       100 * time.Millisecond,
		WatchPartitionChanges:  true,
		PartitionWatchInterval: ms("metadata"),
		StartOffset:            kafka.FirstOffset,
	})
	must(err)
	go func() {
		for {
			generation, err := group.Next(ctx)
			if errors.Is(err, kafka.ErrGroupClosed) {
				return
			}
			if err != nil {
				note(err)
				continue
			}
			readGeneration(generation, dialer)
		}
	}()
	for words := range listen() {
		switch words[0] {
		case "stall":
			loop.close()
		case "go":
			loop.open()
		case "pause":
			reading.close()
			say("paused", nil)
		case "resume":
			reading.open()
			say("resumed", nil)
		case "stop":
			must(group.Close())
			say("left", nil)
			return
		}
	}
}

// The next generation comes when all that was started in this one has returned.
func readGeneration(generation *kafka.Generation, dialer *kafka.Dialer) {
	own := []int32{}
	var readers sync.WaitGroup
	for _, each := range generation.Assignments[settings["topic"]] {
		own = append(own, int32(each.ID))
	}
	sayPartitions("assigned", own)
	for _, each := range generation.Assignments[settings["topic"]] {
		readers.Add(1)
		generation.Start(func(during context.Context) {
			defer readers.Done()
			readPartition(during, generation, dialer, each)
		})
	}
	generation.Start(func(context.Context) {
		readers.Wait()
		sayPartitions("revoked", own)
	})
}

func readPartition(during context.Context, generation *kafka.Generation, dialer *kafka.Dialer, from kafka.PartitionAssignment) {
	topic := settings["topic"]
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:   brokers(),
		Dialer:    dialer,
		Topic:     topic,
		Partition: from.ID,
		MaxWait:   100 * time.Millisecond,
	})
	defer reader.Close()
	must(reader.SetOffset(from.Offset))
	for {
		reading.pass(during)
		message, err := reader.ReadMessage(during)
		if err != nil {
			if during.Err() == nil {
				note(err)
			}
			return
		}
		say("consumed", fields{"partition": from.ID, "offset": message.Offset, "value": string(message.Value)})
		loop.pass(ctx)
		next := message.Offset + 1
		if err := generation.CommitOffsets(map[string]map[int]int64{topic: {from.ID: next}}); err != nil {
			note(err)
		} else {
			say("committed", fields{"offsets": map[int]int64{from.ID: next}})
		}
	}
}
