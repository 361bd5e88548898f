# What kafka-python 3 has for administrators.

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, MemberToRemove, NewPartitions, NewTopic, OffsetSpec
from kafka.structs import OffsetAndMetadata

from program import answer


def answer_with(base):
    client = KafkaAdminClient(**base)

    def alter_config(name, key, value):
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {key: value})])

    def config(name, key):
        found = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, [key])])
        return found["topic"][name][key]["value"]

    def describe_group(name):
        found = client.describe_groups([name])[name]
        return {"state": found["group_state"], "members": len(found["members"])}

    def committed(group, name):
        found = client.list_group_offsets({group: None})[group]
        return dict(sorted((each.partition, of.offset) for each, of in found.items() if each.topic == name))

    def alter_offset(group, name, partition, offset):
        client.alter_group_offsets(group, {TopicPartition(name, int(partition)): OffsetAndMetadata(int(offset), "", -1)})

    def delete_offset(group, name, partition):
        client.delete_group_offsets(group, [TopicPartition(name, int(partition))])

    def offset(name, partition, spec):
        wanted = TopicPartition(name, int(partition))
        return client.list_partition_offsets({wanted: spec})[wanted].offset

    def nothing(_):
        return None

    answer({
        "createTopic": lambda name, count: nothing(client.create_topics([NewTopic(name, int(count), 1)])),
        "listTopics": client.list_topics,
        "partitions": lambda name: len(client.describe_topics([name])[0]["partitions"]),
        "growTopic": lambda name, count: nothing(client.create_partitions({name: NewPartitions(int(count))})),
        "deleteTopic": lambda name: nothing(client.delete_topics([name])),
        "alterConfig": alter_config,
        "config": config,
        "listGroups": lambda: [each["group_id"] for each in client.list_groups()],
        "describeGroup": describe_group,
        "committed": committed,
        "alterOffset": alter_offset,
        "deleteOffset": delete_offset,
        "nodes": lambda: len(client.describe_cluster()["brokers"]),
        "endOffset": lambda name, partition: offset(name, partition, OffsetSpec.LATEST),
        "startOffset": lambda name, partition: offset(name, partition, OffsetSpec.EARLIEST),
        "deleteRecords": lambda name, partition, before: nothing(
            client.delete_records({TopicPartition(name, int(partition)): int(before)})
        ),
        "removeMember": lambda group, instance: nothing(
            client.remove_group_members(group, [MemberToRemove(group_instance_id=instance)])
        ),
        "deleteGroup": lambda name: nothing(client.delete_groups([name])),
    })
