package main

import (
	"context"
	"errors"
	"time"

	"github.com/IBM/sarama"
)

func saramaConfig() *sarama.Config {
	config := sarama.NewConfig()
	config.ClientID = settings["client"]
	config.Version = sarama.MaxVersion
	if version, ok := settings["version"]; ok {
		parsed, err := sarama.ParseKafkaVersion(version)
		must(err)
		config.Version = parsed
	}
	return config
}

func brokers() []string { return []string{settings["bootstrap"]} }

func produceSarama() {
	config := saramaConfig()
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	producer, err := sarama.NewSyncProducer(brokers(), config)
	must(err)
	producing(func(records []record) error {
		sent := make([]*sarama.ProducerMessage, len(records))
		for i, each := range records {
			sent[i] = &sarama.ProducerMessage{
				Topic:     settings["topic"],
				Partition: int32(each.partition),
				Key:       sarama.ByteEncoder(each.key),
				Value:     sarama.ByteEncoder(each.value),
			}
		}
		return producer.SendMessages(sent)
	})
}

// Commits when nothing waits; its library does not say whether that succeeded.
type saramaMember struct{ topic string }

func (m saramaMember) Setup(session sarama.ConsumerGroupSession) error {
	sayPartitions("assigned", session.Claims()[m.topic])
	return nil
}

func (m saramaMember) Cleanup(session sarama.ConsumerGroupSession) error {
	sayPartitions("revoked", session.Claims()[m.topic])
	return nil
}

func (m saramaMember) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			say("consumed", fields{
				"partition": message.Partition, "offset": message.Offset, "value": string(message.Value),
			})
			session.MarkMessage(message, "")
			if len(claim.Messages()) == 0 {
				session.Commit()
			}
		case <-session.Context().Done():
			return nil
		}
	}
}

func consumeSarama() {
	config := saramaConfig()
	config.Consumer.Group.Session.Timeout = ms("session")
	config.Consumer.Group.Heartbeat.Interval = ms("heartbeat")
	config.Consumer.Group.Rebalance.Timeout = ms("rebalance")
	config.Consumer.Group.InstanceId = settings["instance"]
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.MaxWaitTime = 100 * time.Millisecond
	config.Consumer.Return.Errors = true
	config.Metadata.RefreshFrequency = ms("metadata")
	group, err := sarama.NewConsumerGroup(brokers(), settings["group"], config)
	must(err)
	go func() {
		for err := range group.Errors() {
			note(err)
		}
	}()
	consuming, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		for consuming.Err() == nil {
			if err := group.Consume(consuming, []string{settings["topic"]}, saramaMember{settings["topic"]}); err != nil {
				note(err)
			}
		}
	}()
	for words := range listen() {
		switch words[0] {
		case "stop":
			stop()
			<-over
			must(group.Close())
			say("left", nil)
			return
		case "pause":
			group.PauseAll()
			say("paused", nil)
		case "resume":
			group.ResumeAll()
			say("resumed", nil)
		}
	}
}

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
