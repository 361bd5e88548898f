package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
)

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
		"nodes": func([]string) (any, error) {
			found, err := client.BrokerMetadata(ctx)
			return len(found.Brokers), err
		},
		"endOffset":   func(w []string) (any, error) { return listed(client.ListEndOffsets, w) },
		"startOffset": func(w []string) (any, error) { return listed(client.ListStartOffsets, w) },
		"deleteRecords": func(w []string) (any, error) {
			before := kadm.Offsets{}
			before.AddOffset(w[0], int32(toInt(w[1])), int64(toInt(w[2])), -1)
			_, err := client.DeleteRecords(ctx, before)
			return nil, err
		},
		"removeMember": func(w []string) (any, error) {
			left, err := client.LeaveGroup(ctx, kadm.LeaveGroup(w[0]).InstanceIDs(w[1]))
			if err == nil {
				err = left.Error()
			}
			return nil, err
		},
		"deleteGroup": func(w []string) (any, error) {
			_, err := client.DeleteGroup(ctx, w[0])
			return nil, err
		},
	})
}

func listed(list func(context.Context, ...string) (kadm.ListedOffsets, error), w []string) (any, error) {
	found, err := list(ctx, w[0])
	if err != nil {
		return nil, err
	}
	each, _ := found.Lookup(w[0], int32(toInt(w[1])))
	return each.Offset, each.Err
}
