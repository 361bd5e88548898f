// kafka-clients as a client program: producer, consumer of the classic protocol, admin client. The consumer commits after
// every poll.

import static java.util.stream.Collectors.toList;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;

final class Clients {
    private static final String STRINGS = "org.apache.kafka.common.serialization.String";

    /** [connect] mode key=value ... */
    public static void main(String[] args) {
        try {
            boolean isConnect = args[0].equals("connect");
            int at = isConnect ? 1 : 0;
            Program.begin(Arrays.copyOfRange(args, at + 1, args.length));
            switch (isConnect ? "connect" : args[at]) {
                case "produce" -> produce();
                case "consume" -> consume();
                case "connect" -> ConnectMember.run();
                default -> Administrator.run(base());
            }
        } catch (Throwable error) {
            Program.fail(error);
        }
    }

    static Properties base() {
        Properties all = new Properties();
        all.put("bootstrap.servers", Program.setting("bootstrap"));
        all.put("client.id", Program.setting("client"));
        return all;
    }

    private static void produce() throws Exception {
        Properties all = base();
        all.put("key.serializer", STRINGS + "Serializer");
        all.put("value.serializer", STRINGS + "Serializer");
        all.put("compression.type", Program.settings.getOrDefault("codec", "none"));
        KafkaProducer<String, String> producer = new KafkaProducer<>(all);
        while (true) {
            String[] words = Program.commands.take();
            int from = Integer.parseInt(words[1]), count = Integer.parseInt(words[2]), partitions = Integer.parseInt(words[3]);
            List<Future<?>> sent = new ArrayList<>();
            for (int n = from; n < from + count; n++)
                sent.add(producer.send(new ProducerRecord<>(Program.setting("topic"), n % partitions, "k-" + n, "v-" + n)));
            producer.flush();
            for (Future<?> each : sent) each.get();
            Program.say("produced", "count", count);
        }
    }

    private static final class Listener implements ConsumerRebalanceListener {
        private static void tell(String event, Collection<TopicPartition> partitions) {
            Program.say(event, "partitions", partitions.stream().map(TopicPartition::partition).collect(toList()));
        }

        @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            tell("assigned", partitions);
        }

        @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) tell("revoked", partitions);
        }

        @Override public void onPartitionsLost(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) tell("lost", partitions);
        }
    }

    private static Properties member() {
        Properties all = base();
        all.put("key.deserializer", STRINGS + "Deserializer");
        all.put("value.deserializer", STRINGS + "Deserializer");
        all.put("group.protocol", "classic");
        all.put("group.id", Program.setting("group"));
        all.put("enable.auto.commit", "false");
        all.put("auto.offset.reset", "earliest");
        all.put("session.timeout.ms", Program.setting("session"));
        all.put("heartbeat.interval.ms", Program.setting("heartbeat"));
        all.put("max.poll.interval.ms", Program.setting("poll", "rebalance"));
        all.put("metadata.max.age.ms", Program.setting("metadata"));
        all.put("fetch.max.wait.ms", "100");
        if (Program.settings.containsKey("instance")) all.put("group.instance.id", Program.setting("instance"));
        if (Program.settings.containsKey("assignor"))
            all.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + Program.setting("assignor"));
        return all;
    }

    private static void consume() throws Exception {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(member());
        consumer.subscribe(List.of(Program.setting("topic")), new Listener());
        while (true) {
            String[] words = Program.commands.poll();
            if (words != null)
                switch (words[0]) {
                    case "stop" -> {
                        consumer.close();
                        Program.say("left");
                        return;
                    }
                    case "stall" -> {
                        while (!Program.commands.take()[0].equals("go")) continue;
                    }
                    case "pause" -> {
                        consumer.pause(consumer.assignment());
                        Program.say("paused");
                    }
                    case "resume" -> {
                        consumer.resume(consumer.assignment());
                        Program.say("resumed");
                    }
                    default -> throw new IllegalArgumentException(words[0]);
                }
            read(consumer);
        }
    }

    private static void read(KafkaConsumer<String, String> consumer) {
        Map<TopicPartition, OffsetAndMetadata> took = new java.util.HashMap<>();
        Map<Integer, Long> offsets = new TreeMap<>();
        for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(50))) {
            Program.say("consumed", "partition", each.partition(), "offset", each.offset(), "value", each.value());
            took.put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.offset() + 1));
            offsets.put(each.partition(), each.offset() + 1);
        }
        if (took.isEmpty()) return;
        try {
            consumer.commitSync(took);
            Program.say("committed", "offsets", offsets);
        } catch (CommitFailedException | RebalanceInProgressException error) {
            Program.say("note", "message", "commit: " + error);
        }
    }
}
