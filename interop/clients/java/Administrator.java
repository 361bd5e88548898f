// Kafka's AdminClient.

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

final class Administrator {
    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static int toInt(String text) {
        return Integer.parseInt(text);
    }

    static Map<String, Object> description(String state, int members) {
        Map<String, Object> all = new java.util.LinkedHashMap<>();
        all.put("state", state);
        all.put("members", members);
        return all;
    }

    private static long offset(Admin admin, String[] words, OffsetSpec spec) throws Exception {
        TopicPartition partition = new TopicPartition(words[0], toInt(words[1]));
        return admin.listOffsets(Map.of(partition, spec)).all().get().get(partition).offset();
    }

    static void run(Properties base) throws InterruptedException {
        Admin admin = Admin.create(base);
        Map<String, Program.Call> calls = new HashMap<>();
        calls.put("createTopic", w -> admin.createTopics(List.of(new NewTopic(w[0], Optional.of(toInt(w[1])), Optional.empty()))).all().get());
        calls.put("listTopics", w -> admin.listTopics().names().get());
        calls.put("partitions", w -> admin.describeTopics(List.of(w[0])).allTopicNames().get().get(w[0]).partitions().size());
        calls.put("growTopic", w -> admin.createPartitions(Map.of(w[0], NewPartitions.increaseTo(toInt(w[1])))).all().get());
        calls.put("deleteTopic", w -> admin.deleteTopics(List.of(w[0])).all().get());
        calls.put("alterConfig", w -> {
            AlterConfigOp set = new AlterConfigOp(new ConfigEntry(w[1], w[2]), AlterConfigOp.OpType.SET);
            return admin.incrementalAlterConfigs(Map.of(topic(w[0]), List.of(set))).all().get();
        });
        calls.put("config", w -> admin.describeConfigs(List.of(topic(w[0]))).all().get().get(topic(w[0])).get(w[1]).value());
        calls.put("listGroups", w -> admin.listGroups().all().get().stream().map(each -> each.groupId()).toList());
        calls.put("describeGroup", w -> {
            var found = admin.describeConsumerGroups(List.of(w[0])).all().get().get(w[0]);
            return description(found.groupState().toString(), found.members().size());
        });
        calls.put("committed", w -> {
            Map<Integer, Long> all = new TreeMap<>();
            admin.listConsumerGroupOffsets(w[0]).partitionsToOffsetAndMetadata().get()
                .forEach((each, of) -> all.put(each.partition(), of.offset()));
            return all;
        });
        calls.put("alterOffset", w -> admin.alterConsumerGroupOffsets(w[0],
            Map.of(new TopicPartition(w[1], toInt(w[2])), new OffsetAndMetadata(toInt(w[3])))).all().get());
        calls.put("deleteOffset", w -> admin.deleteConsumerGroupOffsets(w[0], Set.of(new TopicPartition(w[1], toInt(w[2])))).all().get());
        calls.put("deleteGroup", w -> admin.deleteConsumerGroups(List.of(w[0])).all().get());
        calls.put("nodes", w -> admin.describeCluster().nodes().get().size());
        calls.put("endOffset", w -> offset(admin, w, OffsetSpec.latest()));
        calls.put("startOffset", w -> offset(admin, w, OffsetSpec.earliest()));
        calls.put("deleteRecords", w -> admin.deleteRecords(
            Map.of(new TopicPartition(w[0], toInt(w[1])), RecordsToDelete.beforeOffset(toInt(w[2])))).all().get());
        calls.put("removeMember", w -> admin.removeMembersFromConsumerGroup(w[0],
            new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove(w[1])))).all().get());
        Program.answer(calls);
    }
}
