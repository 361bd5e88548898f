package main

import (
	"cmp"
	"context"
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

func produceSarama() {
	config := saramaConfig()
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	must(config.Producer.Compression.UnmarshalText([]byte(cmp.Or(settings["codec"], "none"))))
	if settings["idempotent"] != "" && config.Version.IsAtLeast(sarama.V0_11_0_0) {
		config.Producer.Idempotent = true
		config.Producer.RequiredAcks = sarama.WaitForAll
		config.Net.MaxOpenRequests = 1
	}
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
type saramaMember struct {
	topic string
	loop  *gate
}

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
			m.loop.pass(ctx)
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
	loop := &gate{}
	consuming, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		for consuming.Err() == nil {
			if err := group.Consume(consuming, []string{settings["topic"]}, saramaMember{settings["topic"], loop}); err != nil {
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
		case "stall":
			loop.close()
		case "go":
			loop.open()
		case "pause":
			group.PauseAll()
			say("paused", nil)
		case "resume":
			group.ResumeAll()
			say("resumed", nil)
		}
	}
}
