package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

var ctx = context.Background()

func franz(more ...kgo.Opt) *kgo.Client {
	options := []kgo.Opt{
		kgo.SeedBrokers(settings["bootstrap"]),
		kgo.ClientID(settings["client"]),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}
	client, err := kgo.NewClient(append(options, more...)...)
	must(err)
	return client
}

func produceFranz() {
	client := franz()
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
		kgo.MetadataMinAge(100 * time.Millisecond),
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
	for {
		select {
		case words := <-commands:
			switch words[0] {
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
			readFranz(client)
		}
	}
}

func readFranz(client *kgo.Client) {
	poll, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	fetches := client.PollRecords(poll, 100)
	defer client.AllowRebalance()
	took := map[int32]int64{}
	records := fetches.Records()
	for _, each := range records {
		say("consumed", fields{"partition": each.Partition, "offset": each.Offset, "value": string(each.Value)})
		took[each.Partition] = each.Offset + 1
	}
	if len(records) == 0 {
		return
	}
	if err := client.CommitRecords(ctx, records...); err != nil {
		note(err)
	} else {
		say("committed", fields{"offsets": took})
	}
}

func administerFranz() {
	client := kadm.NewClient(franz())
	answer(calls{
		"createTopic": func(w []string) (any, error) {
			_, err := client.CreateTopic(ctx, int32(toInt(w[1])), 1, nil, w[0])
			return nil, err
		},
		"listTopics": func([]string) (any, error) {
			topics, err := client.ListTopics(ctx)
			return topics.Names(), err
		},
		"partitions": func(w []string) (any, error) {
			topics, err := client.ListTopics(ctx, w[0])
			return len(topics[w[0]].Partitions), err
		},
		"growTopic": func(w []string) (any, error) {
			grown, err := client.UpdatePartitions(ctx, toInt(w[1]), w[0])
			if err == nil {
				err = grown.Error()
			}
			return nil, err
		},
		"deleteTopic": func(w []string) (any, error) {
			_, err := client.DeleteTopic(ctx, w[0])
			return nil, err
		},
		"alterConfig": func(w []string) (any, error) {
			altered, err := client.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Name: w[1], Value: &w[2]}}, w[0])
			if err == nil {
				err = altered[0].Err
			}
			return nil, err
		},
		"config": func(w []string) (any, error) {
			found, err := client.DescribeTopicConfigs(ctx, w[0])
			if err != nil {
				return nil, err
			}
			for _, each := range found[0].Configs {
				if each.Key == w[1] {
					return each.MaybeValue(), nil
				}
			}
			return nil, found[0].Err
		},
		"listGroups": func([]string) (any, error) {
			groups, err := client.ListGroups(ctx)
			return groups.Groups(), err
		},
		"describeGroup": func(w []string) (any, error) {
			groups, err := client.DescribeGroups(ctx, w[0])
			return description{groups[w[0]].State, len(groups[w[0]].Members)}, err
		},
		"committed": func(w []string) (any, error) {
			found, err := client.FetchOffsets(ctx, w[0])
			all := map[int32]int64{}
			for partition, each := range found[w[1]] {
				all[partition] = each.At
			}
			return all, err
		},
		"alterOffset": func(w []string) (any, error) {
			wanted := kadm.Offsets{}
			wanted.AddOffset(w[1], int32(toInt(w[2])), int64(toInt(w[3])), -1)
			return nil, client.CommitAllOffsets(ctx, w[0], wanted)
		},
		"deleteOffset": func(w []string) (any, error) {
			unwanted := kadm.TopicsSet{}
			unwanted.Add(w[1], int32(toInt(w[2])))
			_, err := client.DeleteOffsets(ctx, w[0], unwanted)
			return nil, err
		},
		"deleteGroup": func(w []string) (any, error) {
			_, err := client.DeleteGroup(ctx, w[0])
			return nil, err
		},
	})
}
