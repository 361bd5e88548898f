package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

var ctx = context.Background()

func franz(more ...kgo.Opt) *kgo.Client {
	options := []kgo.Opt{
		kgo.SeedBrokers(brokers()...),
		kgo.ClientID(settings["client"]),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MetadataMinAge(100 * time.Millisecond), // what an administrator asks is answered from what it has, for 5 s otherwise
	}
	client, err := kgo.NewClient(append(options, more...)...)
	must(err)
	return client
}

var franzCodecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func produceFranz() {
	options := []kgo.Opt{}
	if codec, ok := settings["codec"]; ok {
		options = append(options, kgo.ProducerBatchCompression(franzCodecs[codec]))
	}
	client := franz(options...)
	producing(func(records []record) error {
		sent := make([]*kgo.Record, len(records))
		for i, each := range records {
			sent[i] = &kgo.Record{Topic: settings["topic"], Partition: int32(each.partition), Key: each.key, Value: each.value}
		}
		return client.ProduceSync(ctx, sent...).FirstErr()
	})
}

func consumeFranz() {
	topic := settings["topic"]
	tell := func(event string) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
			if event == "assigned" || len(partitions[topic]) > 0 {
				sayPartitions(event, partitions[topic])
			}
		}
	}
	options := []kgo.Opt{
		kgo.ConsumerGroup(settings["group"]),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(ms("session")),
		kgo.HeartbeatInterval(ms("heartbeat")),
		kgo.RebalanceTimeout(ms("rebalance")),
		kgo.MetadataMaxAge(ms("metadata")),
		kgo.FetchMaxWait(100 * time.Millisecond),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(tell("assigned")),
		kgo.OnPartitionsRevoked(tell("revoked")),
		kgo.OnPartitionsLost(tell("lost")),
	}
	if instance, ok := settings["instance"]; ok {
		options = append(options, kgo.InstanceID(instance))
	}
	if settings["assignor"] == "range" {
		options = append(options, kgo.Balancers(kgo.RangeBalancer()))
	}
	client := franz(options...)
	commands := listen()
	stalls := false
	for {
		select {
		case words := <-commands:
			switch words[0] {
			case "stall":
				stalls = true
			case "stop":
				client.CloseAllowingRebalance()
				say("left", nil)
				return
			case "pause":
				client.PauseFetchTopics(topic)
				say("paused", nil)
			case "resume":
				client.ResumeFetchTopics(topic)
				say("resumed", nil)
			}
		default:
			if readFranz(client) && stalls {
				stalls = false
				for words := range commands {
					if words[0] == "go" {
						break
					}
				}
			}
			client.AllowRebalance()
		}
	}
}

// Whether there were records. Until AllowRebalance there is no rebalance then.
func readFranz(client *kgo.Client) bool {
	poll, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	fetches := client.PollRecords(poll, 100)
	took := map[int32]int64{}
	records := fetches.Records()
	for _, each := range records {
		say("consumed", fields{"partition": each.Partition, "offset": each.Offset, "value": string(each.Value)})
		took[each.Partition] = each.Offset + 1
	}
	if len(records) == 0 {
		return false
	}
	if err := client.CommitRecords(ctx, records...); err != nil {
		note(err)
	} else {
		say("committed", fields{"offsets": took})
	}
	return true
}
