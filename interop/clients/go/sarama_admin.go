package main

import (
	"errors"

	"github.com/IBM/sarama"
)

func administerSarama() {
	client, err := sarama.NewClient(brokers(), saramaConfig())
	must(err)
	admin, err := sarama.NewClusterAdminFromClient(client)
	must(err)
	answer(known(calls{
		"createTopic": func(w []string) (any, error) {
			return nil, admin.CreateTopic(w[0], &sarama.TopicDetail{NumPartitions: int32(toInt(w[1])), ReplicationFactor: 1}, false)
		},
		"listTopics": func([]string) (any, error) {
			topics, err := admin.ListTopics()
			names := []string{}
			for name := range topics {
				names = append(names, name)
			}
			return names, err
		},
		"partitions": func(w []string) (any, error) {
			topics, err := admin.DescribeTopics([]string{w[0]})
			if err != nil {
				return nil, err
			}
			return len(topics[0].Partitions), nil
		},
		"growTopic": func(w []string) (any, error) {
			return nil, admin.CreatePartitions(w[0], int32(toInt(w[1])), nil, false)
		},
		"deleteTopic": func(w []string) (any, error) { return nil, admin.DeleteTopic(w[0]) },
		"alterConfig": func(w []string) (any, error) {
			return nil, admin.AlterConfig(sarama.TopicResource, w[0], map[string]*string{w[1]: &w[2]}, false)
		},
		"config": func(w []string) (any, error) {
			resource := sarama.ConfigResource{Type: sarama.TopicResource, Name: w[0], ConfigNames: []string{w[1]}}
			entries, err := admin.DescribeConfig(resource)
			if err != nil {
				return nil, err
			}
			return entries[0].Value, nil
		},
		"listGroups": func([]string) (any, error) {
			groups, err := admin.ListConsumerGroups()
			names := []string{}
			for name := range groups {
				names = append(names, name)
			}
			return names, err
		},
		"describeGroup": func(w []string) (any, error) {
			groups, err := admin.DescribeConsumerGroups([]string{w[0]})
			if err != nil {
				return nil, err
			}
			return description{groups[0].State, len(groups[0].Members)}, nil
		},
		"committed": func(w []string) (any, error) {
			partitions, err := client.Partitions(w[1])
			if err != nil {
				return nil, err
			}
			found, err := admin.ListConsumerGroupOffsets(w[0], map[string][]int32{w[1]: partitions})
			if err != nil {
				return nil, err
			}
			all := map[int32]int64{}
			for partition, block := range found.Blocks[w[1]] {
				all[partition] = block.Offset
			}
			return all, nil
		},
		"alterOffset": func(w []string) (any, error) {
			wanted := map[string]map[int32]sarama.OffsetAndMetadata{w[1]: {int32(toInt(w[2])): {Offset: int64(toInt(w[3])), LeaderEpoch: -1}}}
			_, err := admin.AlterConsumerGroupOffsets(w[0], wanted, nil)
			return nil, err
		},
		"deleteOffset": func(w []string) (any, error) {
			return nil, admin.DeleteConsumerGroupOffset(w[0], w[1], int32(toInt(w[2])))
		},
		"nodes": func([]string) (any, error) {
			found, _, err := admin.DescribeCluster()
			return len(found), err
		},
		"endOffset": func(w []string) (any, error) {
			return client.GetOffset(w[0], int32(toInt(w[1])), sarama.OffsetNewest)
		},
		"startOffset": func(w []string) (any, error) {
			return client.GetOffset(w[0], int32(toInt(w[1])), sarama.OffsetOldest)
		},
		"deleteRecords": func(w []string) (any, error) {
			return nil, admin.DeleteRecords(w[0], map[int32]int64{int32(toInt(w[1])): int64(toInt(w[2]))})
		},
		"removeMember": func(w []string) (any, error) {
			if settings["version"] != "" {
				return nil, errUnsupported // it would send a LeaveGroup that has no group.instance.id
			}
			left, err := admin.RemoveMemberFromConsumerGroup(w[0], []string{w[1]})
			if err == nil && left.Err != sarama.ErrNoError {
				err = left.Err
			}
			return nil, err
		},
		"deleteGroup": func(w []string) (any, error) { return nil, admin.DeleteConsumerGroup(w[0]) },
	}))
}

// An old version does not know some requests: the library refuses by itself what a broker would refuse.
func known(all calls) calls {
	for name, call := range all {
		all[name] = func(words []string) (any, error) {
			value, err := call(words)
			if _, isOld := settings["version"]; isOld && errors.Is(err, sarama.ErrUnsupportedVersion) {
				return nil, errUnsupported
			}
			return value, err
		}
	}
	return all
}
