package main

import (
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
)

func administerKafkaGo() {
	client := &kafka.Client{
		Addr:      kafka.TCP(brokers()...),
		Transport: &kafka.Transport{ClientID: settings["client"], MetadataTTL: 500 * time.Millisecond}, // 6 s otherwise
	}
	first := func(all map[string]error) error {
		for _, err := range all {
			if err != nil {
				return err
			}
		}
		return nil
	}
	topics := func(names ...string) ([]kafka.Topic, error) {
		found, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: names})
		if err != nil {
			return nil, err
		}
		return found.Topics, nil
	}
	offset := func(w []string, wanted kafka.OffsetRequest) (any, error) {
		all := map[string][]kafka.OffsetRequest{w[0]: {wanted}}
		found, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: all})
		if err != nil {
			return nil, err
		}
		each := found.Topics[w[0]][0]
		return max(each.FirstOffset, each.LastOffset), each.Error
	}
	answer(calls{
		"createTopic": func(w []string) (any, error) {
			wanted := []kafka.TopicConfig{{Topic: w[0], NumPartitions: toInt(w[1]), ReplicationFactor: 1}}
			done, err := client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: wanted})
			if err != nil {
				return nil, err
			}
			return nil, first(done.Errors)
		},
		"listTopics": func([]string) (any, error) {
			found, err := topics()
			names := []string{}
			for _, each := range found {
				names = append(names, each.Name)
			}
			return names, err
		},
		"partitions": func(w []string) (any, error) {
			found, err := topics(w[0])
			if err != nil {
				return nil, err
			}
			return len(found[0].Partitions), found[0].Error
		},
		"growTopic": func(w []string) (any, error) {
			wanted := []kafka.TopicPartitionsConfig{{Name: w[0], Count: int32(toInt(w[1]))}}
			done, err := client.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{Topics: wanted})
			if err != nil {
				return nil, err
			}
			return nil, first(done.Errors)
		},
		"deleteTopic": func(w []string) (any, error) {
			done, err := client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{w[0]}})
			if err != nil {
				return nil, err
			}
			return nil, first(done.Errors)
		},
		"alterConfig": func(w []string) (any, error) {
			resource := kafka.AlterConfigRequestResource{
				ResourceType: kafka.ResourceTypeTopic,
				ResourceName: w[0],
				Configs:      []kafka.AlterConfigRequestConfig{{Name: w[1], Value: w[2]}},
			}
			done, err := client.AlterConfigs(ctx, &kafka.AlterConfigsRequest{Resources: []kafka.AlterConfigRequestResource{resource}})
			if err != nil {
				return nil, err
			}
			for _, err := range done.Errors {
				if err != nil {
					return nil, err
				}
			}
			return nil, nil
		},
		"config": func(w []string) (any, error) {
			resource := kafka.DescribeConfigRequestResource{
				ResourceType: kafka.ResourceTypeTopic,
				ResourceName: w[0],
				ConfigNames:  []string{w[1]},
			}
			found, err := client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{
				Resources: []kafka.DescribeConfigRequestResource{resource},
			})
			if err != nil {
				return nil, err
			}
			return found.Resources[0].ConfigEntries[0].ConfigValue, found.Resources[0].Error
		},
		"listGroups": func([]string) (any, error) {
			found, err := client.ListGroups(ctx, &kafka.ListGroupsRequest{})
			if err != nil {
				return nil, err
			}
			names := []string{}
			for _, each := range found.Groups {
				names = append(names, each.GroupID)
			}
			return names, found.Error
		},
		"describeGroup": func(w []string) (any, error) {
			found, err := client.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{w[0]}})
			if err != nil {
				return nil, err
			}
			return description{found.Groups[0].GroupState, len(found.Groups[0].Members)}, found.Groups[0].Error
		},
		"committed": func(w []string) (any, error) {
			wanted := map[string][]int{w[1]: {0, 1}}
			found, err := client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: w[0], Topics: wanted})
			if err != nil {
				return nil, err
			}
			all := map[int]int64{}
			for _, each := range found.Topics[w[1]] {
				all[each.Partition] = each.CommittedOffset
			}
			return all, found.Error
		},
		"alterOffset": func(w []string) (any, error) {
			wanted := map[string][]kafka.OffsetCommit{w[1]: {{Partition: toInt(w[2]), Offset: int64(toInt(w[3]))}}}
			done, err := client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{GroupID: w[0], GenerationID: -1, Topics: wanted})
			if err != nil {
				return nil, err
			}
			return nil, done.Topics[w[1]][0].Error
		},
		"deleteOffset": func(w []string) (any, error) {
			unwanted := map[string][]int{w[1]: {toInt(w[2])}}
			done, err := client.OffsetDelete(ctx, &kafka.OffsetDeleteRequest{GroupID: w[0], Topics: unwanted})
			if err != nil {
				return nil, err
			}
			return nil, errors.Join(done.Error, done.Topics[w[1]][0].Error)
		},
		"nodes": func([]string) (any, error) {
			found, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{}})
			if err != nil {
				return nil, err
			}
			return len(found.Brokers), nil
		},
		"endOffset":   func(w []string) (any, error) { return offset(w, kafka.LastOffsetOf(toInt(w[1]))) },
		"startOffset": func(w []string) (any, error) { return offset(w, kafka.FirstOffsetOf(toInt(w[1]))) },
		"removeMember": func(w []string) (any, error) {
			members := []kafka.LeaveGroupRequestMember{{GroupInstanceID: w[1]}}
			left, err := client.LeaveGroup(ctx, &kafka.LeaveGroupRequest{GroupID: w[0], Members: members})
			if err != nil {
				return nil, err
			}
			return nil, left.Error
		},
		"deleteGroup": func(w []string) (any, error) {
			done, err := client.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{w[0]}})
			if err != nil {
				return nil, err
			}
			return nil, first(done.Errors)
		},
	})
}
